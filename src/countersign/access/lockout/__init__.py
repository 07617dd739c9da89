"""A blocking procedure for a lost smartphone (A6): lock a person, a device or an account at once, see it take hold, lift by two."""
