"""Links, mentions and tags of a text, as Bluesky wants them told: byte ranges beside words that stay as they are."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import regex

_LINK = regex.compile(r"(?<![\w/@])https?://[^\s<>\"“”„«»]+", regex.IGNORECASE)
_MENTION = regex.compile(r"(?<![\w./@])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)", regex.I)
_TAG = regex.compile(r"(?<=^|\s)[##](?!️)([^\s\u00AD\u2060\u200B-\u200D\u20e2]+)")
_NO_TAG = regex.compile(r"[\d\p{P}]*")
_TAG_GRAPHEMES = 64


@dataclass(frozen=True, slots=True)
class Facet:
    """One stretch of a text with a meaning: `kind` is `link`, `mention` or `tag`, `value` what it points to.

    `start` and `end` count bytes of UTF-8. A mention's value is still a handle: whose it is must be asked.
    """

    start: int
    end: int
    kind: str
    value: str


def facets(text: str) -> tuple[Facet, ...]:
    """All facets of `text` in reading order, none inside another."""
    found: list[Facet] = []
    for facet in sorted([*_links(text), *_mentions(text), *_tags(text)], key=lambda one: (one.start, -one.end)):
        if not found or facet.start >= found[-1].end:
            found.append(facet)
    return tuple(found)


def _links(text: str) -> Iterator[Facet]:
    for match in _LINK.finditer(text):
        link = _without_the_sentence(match[0])
        if link.partition("://")[2]:
            yield _facet(text, match.start(), match.start() + len(link), "link", link)


def _without_the_sentence(link: str) -> str:
    """The link without the marks that belong to the sentence around it."""
    while link:
        if link[-1] in ".,;:!?'’*_…" or (link[-1] in ")]" and link.count(link[-1]) > link.count("(["[")]".index(link[-1])])):
            link = link[:-1]
        else:
            break
    return link


def _mentions(text: str) -> Iterator[Facet]:
    for match in _MENTION.finditer(text):
        yield _facet(text, match.start(), match.end(), "mention", match[1].lower())


def _tags(text: str) -> Iterator[Facet]:
    for match in _TAG.finditer(text):
        tag = regex.sub(r"\p{P}+$", "", match[1])
        if not _NO_TAG.fullmatch(tag) and len(regex.findall(r"\X", tag)) <= _TAG_GRAPHEMES:
            yield _facet(text, match.start(), match.start() + 1 + len(tag), "tag", tag)


def _facet(text: str, start: int, end: int, kind: str, value: str) -> Facet:
    return Facet(len(text[:start].encode()), len(text[:end].encode()), kind, value)


def records(text: str, *, did_of: Callable[[str], str]) -> list[dict[str, Any]]:
    """The facets as a record holds them. `did_of` says whose a handle is; empty for nobody's, which stays plain words."""
    made = []
    for facet in facets(text):
        value = did_of(facet.value) if facet.kind == "mention" else facet.value
        if value:
            made.append(_record(facet, value))
    return made


def _record(facet: Facet, value: str) -> dict[str, Any]:
    name = {"link": "uri", "mention": "did", "tag": "tag"}[facet.kind]
    feature = {"$type": f"app.bsky.richtext.facet#{facet.kind}", name: value}
    return {"index": {"byteStart": facet.start, "byteEnd": facet.end}, "features": [feature]}


def written_out(record: dict[str, Any]) -> str:
    """A post's words as plain text, with the true address behind each link whose words do not show it."""
    raw = str(record.get("text") or "").encode()
    for start, end, uri in sorted(_link_ranges(record), reverse=True):
        if 0 <= start < end <= len(raw) and (shown := raw[start:end].decode(errors="replace")) != uri:
            begun = shown.rstrip("./…")
            is_its_beginning = bool(begun) and uri.partition("://")[2].removeprefix("www.").startswith(begun)
            raw = raw[:start] + (uri if is_its_beginning else f"{shown} <{uri}>").encode() + raw[end:]
    return raw.decode(errors="replace")


def _link_ranges(record: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Other people's records may hold anything where facets should be."""
    told = record.get("facets")
    for facet in told if isinstance(told, list) else []:
        try:
            index, features = facet["index"], facet["features"]
            for feature in features:
                if feature["$type"] == "app.bsky.richtext.facet#link":
                    yield int(index["byteStart"]), int(index["byteEnd"]), str(feature["uri"])
        except (KeyError, TypeError, ValueError):
            continue
