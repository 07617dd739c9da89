"""Break-glass: a password for one person when no second one can be reached, after half an hour in which everybody is told (A2)."""
