"""What a post must be before it may be submitted, and what checks see in it. Plain Python."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from countersign.base.errors import Invalid
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.content.posts.manifest import Request

FINDINGS = "countersign/findings/v1"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw. `weight` is `ok` or `look`; `what` is a sentence, filled in by `facts`, for the reviewer."""

    kind: str
    weight: str
    what: str
    facts: dict[str, str]

    def content(self) -> dict[str, Any]:
        """The finding as JSON."""
        return asdict(self)


def digest_of(findings: Sequence[dict[str, Any]]) -> str:
    """The digest of the findings that were shown, as it stands in the signed statement."""
    return Digest.of(FINDINGS, list(findings)).hex


@dataclass(frozen=True, slots=True)
class Wording:
    """A request with what the account's network allows, for judging."""

    request: Request
    handle: str
    counted: int
    characters: int
    attachments: int
    image_bytes: int
    alt_characters: int


def require_fitting(wordings: Sequence[Wording]) -> None:
    """Raise Invalid unless every wording can go out as it is: nothing is ever cut or altered later."""
    if not wordings:
        raise Invalid(_("Choose at least one account."), field="accounts")
    for wording in wordings:
        media = wording.request.media
        if not wording.request.text.strip() and not media:
            raise Invalid(_("Write something for {handle}."), field="text", handle=wording.handle)
        if wording.counted > wording.characters:
            raise Invalid(
                _("For {handle} this is too long, by {over} of the characters it counts."), field="text", handle=wording.handle,
                over=wording.counted - wording.characters,
            )
        if len(media) > wording.attachments:
            raise Invalid(_("{handle} takes {most} pictures."), field="files", handle=wording.handle, most=wording.attachments)
        for medium in media:
            if medium.size > wording.image_bytes:
                raise Invalid(_("A picture is too large for {handle}."), field="files", handle=wording.handle)
            if len(medium.alt) > wording.alt_characters:
                raise Invalid(_("A description is too long for {handle}."), field="files", handle=wording.handle)


def findings(wordings: Sequence[Wording], *, removed: Sequence[tuple[str, dict[str, str]]]) -> list[Finding]:
    """What the checks see: missing descriptions, what was taken out of the pictures, the account it goes to.

    `removed` says what was taken out of each picture: a sentence and what fills it in.
    """
    found = list[Finding]()
    media = wordings[0].request.media if wordings else ()
    missing = sum(1 for medium in media if not medium.alt.strip())
    if missing:
        what = _("{count} picture has no description. People who do not see it learn nothing.")
        found.append(Finding("alt_text", "look", what, {"count": str(missing)}))
    elif media:
        found.append(Finding("alt_text", "ok", _("Every picture has a description."), {}))
    found += [Finding("traces", "ok", what, facts) for what, facts in removed]
    for wording in wordings:
        what = _("{handle}: {counted} of {characters} characters.")
        facts = {"handle": wording.handle, "counted": str(wording.counted), "characters": str(wording.characters)}
        found.append(Finding("length", "ok", what, facts))
    return found
