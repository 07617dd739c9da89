"""A walk about the brewery: an installation filled with the cast of the documentation, on the practice network alone."""
