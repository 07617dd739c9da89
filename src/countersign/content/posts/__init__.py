"""Double-check what you publish, with a second person (A9)."""
