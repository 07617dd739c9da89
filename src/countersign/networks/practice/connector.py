"""Practice."""
from __future__ import annotations


class Practice:
    """Filled by its own work."""
