"""Monitor the account and read all comments (A10), decided by the charter (A12)."""
