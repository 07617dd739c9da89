"""A charter that says what stays and what goes (A12)."""
