"""Words at Mastodon: how they are counted, read back from HTML, and compared."""
from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import regex

LINK_CHARACTERS = 23

_LINK = regex.compile(r"https?://[^\s<>\"'`{}|\\^]+", regex.IGNORECASE)
_TRAILING = regex.compile(r"[.,;:!?…*_~]+\Z")
_MENTION = regex.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)(?:@\w+(?:[.-]+\w+)*)?", regex.IGNORECASE)
_BLOCKS = {"p", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "div"}


def count(text: str) -> int:
    """Characters as Mastodon counts them: clusters as people see them, a link as 23, a mention without its host.

    From Mastodon's own `StatusLengthValidator`. Servers that count code points (GoToSocial) may count an emoji family as
    several; they refuse what is too long, so nothing is cut.
    """
    shortened = _LINK.sub(lambda link: "x" * LINK_CHARACTERS + link[0][len(_link_in(link[0])) :], text)
    return len(regex.findall(r"\X", _MENTION.sub(r"@\1", shortened)))


def _link_in(found: str) -> str:
    """The link without the punctuation that ends the sentence around it."""
    while True:
        shorter = _TRAILING.sub("", found)
        if shorter.endswith(")") and shorter.count("(") < shorter.count(")"):
            shorter = shorter[:-1]
        if shorter == found:
            return found
        found = shorter


def plain(html: str) -> str:
    """The words of a post as plain text; a link whose words hide where it leads is followed by the address."""
    reader = _Reader(shows_targets=True)
    reader.feed(html)
    reader.close()
    return reader.text()


def same_words(html: str, text: str) -> bool:
    """Whether a post on a server says what we sent: equal but for white space and the hosts of mentions."""
    reader = _Reader(shows_targets=False)
    reader.feed(html)
    reader.close()
    return _bare(reader.text()) == _bare(text)


def _bare(text: str) -> str:
    return " ".join(_MENTION.sub(r"@\1", unicodedata.normalize("NFC", text)).split())


class _Reader(HTMLParser):
    """Collects the words of a post: paragraphs apart, line breaks kept, scripts and styles left out."""

    def __init__(self, *, shows_targets: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._shows_targets = shows_targets
        self._parts: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a paragraph or a link."""
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "li":
            self._parts.append("\n• ")
        elif tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._parts)))

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph or a link."""
        if tag in {"script", "style"}:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._silent:
            self._parts.append(data)

    def _end_link(self, target: str, start: int) -> None:
        words = "".join(self._parts[start:]).strip()
        if self._shows_targets and not _says_where(words, target):
            self._parts.append(f" ({target})" if words else target)

    def text(self) -> str:
        """What was collected."""
        for target, start in reversed(self._links):
            self._end_link(target, start)
        self._links.clear()
        return regex.sub(r"\n{3,}", "\n\n", regex.sub(r"[ \t]+\n", "\n", "".join(self._parts))).strip()


def _says_where(words: str, target: str) -> bool:
    """Whether the words of a link are its address, or a mention or hashtag."""
    return not target or words.startswith(("@", "#")) or _address(words) == _address(target)


def _address(link: str) -> str:
    return regex.sub(r"\Ahttps?://", "", link.strip(), flags=regex.IGNORECASE).rstrip("/")
