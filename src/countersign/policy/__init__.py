"""Inform your contacts and your teams."""
