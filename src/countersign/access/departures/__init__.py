"""Change the passwords when somebody leaves (A3): one departure ends everything at once, and closes only when nothing is left to do."""
