"""What the pages of posts show."""
