"""The broker: the only process that can open a secret, and so the only one that can publish."""
