"""The guides: how to turn the second factor on at a network, and where to see that it is on.

Each is a text of this package, one a network and language. Its form: a title, lines `name: value`, then headings (`## `)
over numbered steps (`1. `) or points (`- `), one a line. Nothing in it is markup; pages escape it as they do any text.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext

from countersign.networks.registry import NAMES as CONNECTABLE

NAMES = {
    "mastodon": "Mastodon", "bluesky": "Bluesky", "x": "X", "linkedin": "LinkedIn", "facebook": "Facebook",
    "instagram": "Instagram", "threads": "Threads", "youtube": "YouTube", "practice": CONNECTABLE["practice"],
}  # fmt: skip
NETWORKS, LANGUAGES = tuple(NAMES), ("en", "fr", "nl", "de")


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide. `written` is its day; `address` may hold `{origin}`, the account's server."""

    title: str
    written: str
    address: str
    sections: tuple[tuple[str, tuple[str, ...], bool], ...]  # heading, lines, whether they are steps in an order


def name_of(network: str) -> str:
    """A network's name, in the reader's language where it has one."""
    return gettext(NAMES[network])


@cache
def guide(network: str, language: str) -> Guide:
    """The guide of a network in a language, or in English where the reader's is another. KeyError for no such network."""
    if network not in NAMES:
        raise KeyError(network)
    name = f"{network}.{language if language in LANGUAGES else 'en'}.md"
    return read((files("countersign.access.evidence") / "guides" / name).read_text())


def read(text: str) -> Guide:
    """A guide from its text. ValueError for a line of another form."""
    title, *lines = (line.strip() for line in text.splitlines() if line.strip())
    facts: dict[str, str] = {}
    sections: list[tuple[str, list[str], bool]] = []
    for line in lines:
        if line.startswith("## "):
            sections.append((line[3:], [], True))
        elif sections and line.startswith(("1. ", "- ")):
            heading, steps, _ordered = sections[-1]
            sections[-1] = (heading, [*steps, line.partition(" ")[2]], line.startswith("1. "))
        elif not sections and ": " in line:
            name, _colon, value = line.partition(": ")
            facts[name] = value
        else:
            raise ValueError(f"What is this line of a guide? {line}")
    return Guide(title, facts["written"], facts.get("address", ""), tuple((one, tuple(steps), ordered) for one, steps, ordered in sections))
