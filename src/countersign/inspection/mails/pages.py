"""An HTML part as a person sees it: the words, without what is hidden, and where its links lead.

Read in one pass of our own: Python's parser takes minutes over 250 KB of tags or comments that never end, and this one reads what
strangers send.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

MOST_LINKS, LONGEST_TEXT = 300, 100_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9:-]*+)((?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-z_:][a-z0-9_:.-]*+)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?", re.IGNORECASE)
_SILENT = {"head", "script", "style", "template", "title", "noscript", "svg"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_BREAKS = {"br", "p", "div", "tr", "td", "th", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "blockquote", "section"}
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])|max-height\s*:\s*0(?![.\d]*[1-9])"
)
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, and the words it is shown with."""

    target: str
    shown: str


@dataclass
class _Page:
    """Collects words and links; forgives whatever is left open."""

    words: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)
    length: int = 0
    target: str = ""
    since: int = 0

    @property
    def is_hidden(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def say(self, text: str) -> None:
        if not self.is_hidden and self.length < LONGEST_TEXT:
            self.words.append(text)
            self.length += len(text)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _BREAKS:
            self.words.append("\n")
        if tag == "a":
            self.end_link()
            self.target, self.since = attributes.get("href", "").strip(), len(self.words)
        if tag not in _VOID and len(self.open) < _DEEPEST:
            hidden = "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "").lower()))
            self.open.append((tag, self.is_hidden or tag in _SILENT or hidden))

    def end(self, tag: str) -> None:
        if tag == "a":
            self.end_link()
        if tag in _BREAKS:
            self.words.append("\n")
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth][0] == tag:
                del self.open[depth:]
                break

    def end_link(self) -> None:
        if self.target and len(self.links) < MOST_LINKS:
            self.links.append(Link(self.target, "".join(self.words[self.since :]).strip()))
        self.target = ""


def read_page(page: str) -> tuple[str, list[Link]]:
    """The words of an HTML part and its links."""
    found = _Page()
    for text, close, tag, rest in _pieces(page):
        if text:
            found.say(unescape(text))
        elif close:
            found.end(tag)
        else:
            found.begin(tag, _attributes(rest))
    found.end_link()
    return "".join(found.words), found.links


def _pieces(page: str) -> Iterator[tuple[str, str, str, str]]:
    """Text, or a tag (a slash if it closes, its name, the rest), in their order; comments and declarations are left out."""
    place = 0
    while place < len(page):
        start = page.find("<", place)
        if start != place:
            yield page[place : start if start >= 0 else len(page)], "", "", ""
        if start < 0:
            return
        if page.startswith(("<!", "<?"), start):
            mark = "-->" if page.startswith("<!--", start) else ">"
            end = page.find(mark, start)
            if end < 0:
                return
            place = end + len(mark)
        elif tag := _TAG.match(page, start):
            yield "", tag[1], tag[2].lower(), tag[3]
            place = tag.end()
        else:
            yield "<", "", "", ""
            place = start + 1


def _attributes(rest: str) -> dict[str, str]:
    """The first of each name counts, as in browsers."""
    found: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(rest[:8_000]):
        found.setdefault(attribute[1].lower(), unescape((attribute[2] or "").strip("\"'")))
    return found
