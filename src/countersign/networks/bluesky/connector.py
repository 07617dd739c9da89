"""Bluesky."""
from __future__ import annotations


class Bluesky:
    """Filled by its own work."""
