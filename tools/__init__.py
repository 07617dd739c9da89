"""What developers and the continuous integration run."""
