"""What the practice network lets us do: everything, so that everything can be practised."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import regex

from countersign.base.errors import KeyRefused
from countersign.base.values import RemoteId, Secret
from countersign.networks import contract
from countersign.networks.contract import (
    Beginning,
    Client,
    Credentials,
    DeliveryFacts,
    Found,
    Guarantee,
    Identity,
    Limits,
    Mentions,
    Publication,
    Published,
    Security,
    Thread,
)
from countersign.networks.practice import reading, signing_in
from countersign.networks.practice.reading import said, understood

_API = "/api/v1"
_PAGE, _PAGES = 100, 100
_OVERLAP = 50  # notifications read again each time


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice network's connector. It keeps nothing; every figure is the network's own."""

    @property
    def delivery(self) -> DeliveryFacts:
        """It remembers a key for an hour, and says itself up to when the list of own posts is complete."""
        return DeliveryFacts(Guarantee.FOR_A_WHILE, key_lives=timedelta(hours=1), reads_back_within=timedelta(0))

    def begin(
        self, http: httpx.Client, *, server: str, handle: str, redirect_uri: str, client_id: str, state: str
    ) -> Beginning:
        """Register at the server and say where the browser goes."""
        return signing_in.begin(http, server=server, handle=handle, redirect_uri=redirect_uri, state=state)

    def finish(self, http: httpx.Client, *, pending: Secret, query: Mapping[str, str]) -> Credentials:
        """Credentials for the code in the callback."""
        return signing_in.finish(http, pending=pending, query=query)

    def refresh(self, http: httpx.Client, credentials: Credentials) -> Credentials:
        """Fresh credentials for the same identity."""
        return signing_in.refresh(http, credentials)

    def revoke(self, http: httpx.Client, credentials: Credentials) -> None:
        """End the key at the network."""
        signing_in.revoke(http, credentials)

    def end_session(self, http: httpx.Client, credentials: Credentials) -> datetime | None:
        """End the key at the network, at once."""
        signing_in.revoke(http, credentials)
        return None

    def is_alive(self, http: httpx.Client, credentials: Credentials) -> bool:
        """Whether the network still knows whose key this is."""
        try:
            self.profile(signing_in.client(http, credentials))
        except KeyRefused:
            return False
        return True

    def client(self, http: httpx.Client, credentials: Credentials) -> contract.Client:
        """The client that carries this key."""
        return signing_in.client(http, credentials)

    def count(self, text: str) -> int:
        """Grapheme clusters: a flag or a family is one character."""
        return len(regex.findall(r"\X", text))

    def limits(self, client: Client) -> Limits:
        """What a post may hold, as the network says."""
        told = said(client.request("GET", f"{_API}/limits"))
        with understood():
            return Limits(
                characters=int(told["characters"]), attachments=int(told["pictures"]), image_bytes=int(told["picture_bytes"]),
                image_types=tuple(told["picture_types"]), alt_characters=int(told["alt_characters"]),
            )  # fmt: skip

    def prepare(self, client: Client, publication: Publication) -> Publication:
        """Nothing to do beforehand."""
        return publication

    def publish(self, client: Client, publication: Publication) -> Published:
        """Upload the pictures, which nobody sees yet, then publish once under the key.

        A picture whose upload has an unknown outcome is no published post: that is Unreachable, and safe to try again.
        """
        asked = {
            "text": publication.text, "language": publication.language,
            "pictures": [self._uploaded(client, picture) for picture in publication.pictures],
            "in_reply_to": publication.reply_to.parent if publication.reply_to else None,
        }  # fmt: skip
        key = {"Idempotency-Key": publication.handle}
        response = client.request("POST", f"{_API}/posts", json=asked, headers=key, changes=True)
        return reading.published(said(response, "id", "url", changes=True))

    def find(self, client: Client, publication: Publication, *, since: datetime) -> Found:
        """Look through own posts, newest first, back to `since`; complete until the first page's own moment.

        After a hundred pages it stops, and then proves no absence.
        """
        older_than: dict[str, str] = {}
        complete_until: datetime | None = None
        for _page in range(_PAGES):
            page = said(client.request("GET", f"{_API}/account/posts", params={"limit": _PAGE, **older_than}))
            with understood():
                posts = page["posts"]
                if not older_than and page["as_of"]:
                    complete_until = reading.moment(page["as_of"])
                for post in posts:
                    if reading.is_same(post, publication, since=since):
                        return Found(reading.published(post), complete_until)
                if len(posts) < _PAGE or reading.moment(posts[-1]["created_at"]) < since:
                    return Found(None, complete_until)
                older_than = {"max_id": str(posts[-1]["id"])}
        return Found(None, None)

    def withdraw(self, client: Client, remote_id: RemoteId) -> None:
        """Delete one own post; the network takes a second time for done."""
        client.request("DELETE", f"{_API}/posts/{remote_id}", changes=True)

    def mentions(self, client: Client, *, cursor: str) -> Mentions:
        """Roots with replies, edits and deletions since the cursor, some of them read again."""
        since = max(int(cursor or 0) - _OVERLAP, 0)
        roots: dict[RemoteId, None] = {}
        for _page in range(_PAGES):
            page = said(client.request("GET", f"{_API}/notifications", params={"since": since, "limit": _PAGE}))
            with understood():
                roots.update({RemoteId(news["root"]): None for news in page["notifications"]})
                since = max(int(page["cursor"]), since)
                if len(page["notifications"]) < _PAGE:
                    break
        return Mentions(tuple(roots), str(max(since, int(cursor or 0))))

    def thread(self, client: Client, root: RemoteId) -> Thread:
        """Every reply under one post, in depth, hidden ones too; always whole."""
        told, ours = said(client.request("GET", f"{_API}/posts/{root}/thread")), client.identity.remote_id
        with understood():
            comments = tuple(reading.comment(reply, root=root, ours=ours) for reply in told["replies"])
            return Thread(root, comments, is_whole=told["is_whole"] is True, root_is_gone=told["is_gone"] is True)

    def hide(self, client: Client, comment: RemoteId, *, root: RemoteId) -> None:
        """Hide a reply from readers."""
        client.request("PUT", f"{_API}/replies/{comment}/hidden", changes=True)

    def show(self, client: Client, comment: RemoteId, *, root: RemoteId) -> None:
        """Show it again."""
        client.request("DELETE", f"{_API}/replies/{comment}/hidden", changes=True)

    def delete_comment(self, client: Client, comment: RemoteId) -> None:
        """Delete a reader's reply for good."""
        client.request("DELETE", f"{_API}/replies/{comment}", changes=True)

    def profile(self, client: Client) -> Identity:
        """The account as readers see it."""
        return signing_in.identity(said(client.request("GET", f"{_API}/account")), client.identity.origin)

    def security(self, client: Client) -> Security:
        """The recovery address and the second factor, as the control page set them."""
        told = said(client.request("GET", f"{_API}/account/security"))
        with understood():
            return Security(
                str(told["email"]), email_confirmed=told["email_confirmed"] is True,
                second_factor="on" if told["second_factor"] is True else "off",
            )  # fmt: skip

    def _uploaded(self, client: Client, picture: contract.Picture) -> str:
        name = "picture.png" if picture.mime == "image/png" else "picture.jpg"
        response = client.request(
            "POST", f"{_API}/pictures", files={"file": (name, picture.data, picture.mime)}, data={"alt": picture.alt}
        )
        return str(said(response, "id")["id"])
