"""The words by which mails are told apart, one file a language.

Each file maps a concept to a pattern over lower-case text without accents. The rules (`classifying.py`) are written once, over
concepts: "a sentence with `password` and `changed`", whatever the language and the order of its words.
"""
from __future__ import annotations

import re

from countersign.inspection.mails.words import de, en, fr, nl

CONCEPTS: dict[str, dict[str, re.Pattern[str]]] = {
    language: {name: re.compile(pattern) for name, pattern in words.items()}
    for language, words in {"en": en.WORDS, "fr": fr.WORDS, "nl": nl.WORDS, "de": de.WORDS}.items()
}
