"""An HTML part as a person sees it: the words, without what is hidden, and where its links lead."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

MOST_LINKS, LONGEST_TEXT = 300, 100_000
_SILENT = {"head", "script", "style", "template", "title", "noscript", "svg"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_BREAKS = {"br", "p", "div", "tr", "td", "th", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "blockquote", "section"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])|max-height\s*:\s*0(?![.\d]*[1-9])")
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, and the words it is shown with."""

    target: str
    shown: str


@dataclass
class _Reader(HTMLParser):
    """Collects words and links; forgives whatever is left open."""

    words: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    stack: list[tuple[str, bool]] = field(default_factory=list)
    length: int = 0
    target: str = ""
    since: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @property
    def is_hidden(self) -> bool:
        """Whether what comes now is not shown."""
        return bool(self.stack) and self.stack[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a line's end, what is hidden and where a link begins."""
        given = {name: value or "" for name, value in attrs}
        if tag in _BREAKS:
            self.words.append("\n")
        if tag == "a":
            self._end_link()
            self.target, self.since = given.get("href", "").strip(), len(self.words)
        if tag in _VOID or len(self.stack) >= _DEEPEST:
            return
        hidden = self.is_hidden or tag in _SILENT or "hidden" in given or bool(_HIDDEN.search(given.get("style", "").lower()))
        self.stack.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        """Close it, and whatever was left open inside."""
        if tag == "a":
            self._end_link()
        if tag in _BREAKS:
            self.words.append("\n")
        for depth in range(len(self.stack) - 1, -1, -1):
            if self.stack[depth][0] == tag:
                del self.stack[depth:]
                break

    def handle_data(self, data: str) -> None:
        """Keep the words that are shown."""
        if not self.is_hidden and self.length < LONGEST_TEXT:
            self.words.append(data)
            self.length += len(data)

    def _end_link(self) -> None:
        if self.target and len(self.links) < MOST_LINKS:
            self.links.append(Link(self.target, "".join(self.words[self.since :]).strip()))
        self.target = ""


def read_page(page: str) -> tuple[str, list[Link]]:
    """The words of an HTML part and its links."""
    reader = _Reader()
    reader.feed(page[: 4 * LONGEST_TEXT])
    reader.close()
    reader._end_link()
    return "".join(reader.words), reader.links
