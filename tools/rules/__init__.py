"""The rules of the house that no linter knows, by what they look at."""
