"""The words by which findings are told apart, one file a language, over lower-case text without accents.

Each file maps a concept to alternatives. A post may mix languages, and a picture has no language: all four are read together.
"""
from __future__ import annotations

import re
from functools import cache

from countersign.inspection.texts.words import de, en, fr, nl

LANGUAGES = (nl.WORDS, fr.WORDS, de.WORDS, en.WORDS)


@cache
def ours(concept: str, pattern: str = r"\b(?:{})\b") -> re.Pattern[str]:
    """A pattern with the words of a concept of every language in the place of `{}`, compiled when the first text comes."""
    together = "|".join(words[concept] for words in LANGUAGES if words.get(concept))
    return re.compile(pattern.replace("{}", together))
