"""The words by which mails are told apart, one file a language.

Each file maps a concept to a pattern over lower-case text without accents. The rules (`classifying.py`) are written once, over
concepts: "a sentence with `password` and `changed`", whatever the language and the order of its words.
"""
from __future__ import annotations

import re
from functools import cache

from countersign.inspection.mails.words import de, en, fr, nl


@cache
def concepts() -> dict[str, dict[str, re.Pattern[str]]]:
    """The patterns of each language by concept, compiled when the first mail comes: a broker without a mailbox starts sooner."""
    languages = {"en": en.WORDS, "fr": fr.WORDS, "nl": nl.WORDS, "de": de.WORDS}
    return {
        language: {name: re.compile(pattern) for name, pattern in words.items()} for language, words in languages.items()
    }
