"""A photo contains more than you think (A7)."""
