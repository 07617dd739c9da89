"""Marking text that a person will read, in modules that must not know Django.

`makemessages` finds every string given to `_`; the page that shows it translates it then, in the reader's language.
"""
from __future__ import annotations


def _(text: str) -> str:
    """Mark `text` for translation and return it unchanged."""
    return text
