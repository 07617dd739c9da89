"""Mastodon."""
from __future__ import annotations


class Mastodon:
    """Filled by its own work."""
