"""Filling an empty installation through the product's own actions: what is seen afterwards really happened."""
from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx
from django.conf import settings

from countersign.access.grants import inviting, rostering
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.vault import connecting
from countersign.base.actor import DutyActor, PersonActor
from countersign.calls import client, messages
from countersign.config.demonstration import keys, leavers, losses, officers, phones, pictures, recoveries, vault, words
from countersign.config.demonstration.keys import DemoKey
from countersign.content.comments import collecting, deciding
from countersign.content.comments.models import Comment
from countersign.content.media import taking_in
from countersign.content.posts import approving, drafting, releasing, submitting
from countersign.content.posts.drafting import Content, Described
from countersign.content.posts.models import Delivery, Post
from countersign.people import described, enrolling
from countersign.people.models import Person
from countersign.people.passkeys import NewPasskey
from countersign.people.states import DeviceKind
from countersign.policy.charter import queries as charter
from countersign.policy.charter.adopting import adopt_default
from countersign.review.statement import ROSTER_ENTRY, challenge

DEMONSTRATION = DutyActor("demonstration")
RELEASE, COLLECT = DutyActor("release"), DutyActor("collect")
CAST: dict[str, tuple[str, tuple[Role, ...]]] = {
    "Kim": ("Kim Desmet", (Role.OFFICER, Role.REVIEWER)),
    "Tom": ("Tom Willems", (Role.OFFICER, Role.REVIEWER)),
    "Ann": ("Ann Maes", (Role.AUTHOR,)),
    "Ben": ("Ben Claes", (Role.REVIEWER,)),
    "Mia": ("Mia Lambert", (Role.MODERATOR,)),
    "Sam": ("Sam Jacobs", (Role.AUDITOR,)),
    "Leo": ("Leo Wouters", (Role.REVIEWER,)),
}


def now() -> datetime:
    """The time at which the next thing happens."""
    return datetime.now(UTC)


class Brewery:
    """The cast, their software passkeys, and what they do."""

    def __init__(self, genesis_token: str) -> None:
        self.genesis_token = genesis_token
        self.keys = {name: DemoKey.make() for name in CAST}
        self.people: dict[str, Person] = {}
        self.accounts: dict[str, Account] = {}
        self.deliveries: dict[str, Delivery] = {}

    def fill(self) -> None:
        """Everything, in the order in which it would happen."""
        keys.keep(self.keys)
        adopt_default(DEMONSTRATION, at=now())
        self._people()
        self._accounts()
        self._published()
        self._readers()
        self._decided()
        self._under_way()
        vault.fill(self.accounts, self.actor, self.keys, now)
        phones.fill(self.actor("Ann"), self.actor("Tom"), self.actor("Kim"))
        losses.fill(self.accounts["nl"], self.actor, now)
        recoveries.fill(self.accounts, self.actor, self.people, now)
        leavers.fill(self.actor, self.people, now)

    def actor(self, name: str) -> PersonActor:
        """Somebody of the cast, acting."""
        return self.people[name].as_actor(verified_at=now())

    # --- people ----------------------------------------------------------------------------------------------------

    def _people(self) -> None:
        for name, (full, roles) in CAST.items():
            email = f"{name.lower()}@delinde.example"
            person, token = inviting.invite(
                DEMONSTRATION, email=email, name=full, grants=[(role, None) for role in roles], at=now()
            )
            key = self.keys[name]
            made = NewPasskey(key.credential_id, key.public_key, UUID(int=0), 0, False, False, ["internal"])
            enrolling.accept_with_passkey(
                enrolling.require_usable(token, at=now()), made, passkey_name="Demonstration key",
                device=described.Described("Demonstration key", DeviceKind.KEY), at=now(),
            )
            person.refresh_from_db()
            self.people[name] = person
        entry = rostering.first_entry(self.actor("Kim"), at=now())
        answer = self.keys["Kim"].answer(challenge(entry, domain=ROSTER_ENTRY))
        rostering.begin(self.actor("Kim"), entry, answer, token=self.genesis_token, at=now())
        officers.enter_newcomers()

    def links(self) -> dict[str, str]:
        """A link for each of the cast, with which a newcomer enrols a passkey of their own as that person."""
        found = {}
        for name, person in self.people.items():
            _enrolment, token = enrolling.issue(DEMONSTRATION, person, purpose="recovery", at=now())
            found[name] = f"{settings.ORIGIN}/enrol/{token}/"
        return found

    # --- accounts --------------------------------------------------------------------------------------------------

    def _accounts(self) -> None:
        for language, handle, name in (("nl", "delinde", "Brouwerij De Linde"), ("fr", "delinde_fr", "Brasserie De Linde")):
            place = connecting.Place("practice", str(settings.PRACTICE_ORIGIN), handle)
            query = _allow(connecting.begin(self.actor("Kim"), place, at=now()), handle, name)
            self.accounts[language] = connecting.finish(self.actor("Kim"), query, at=now())

    # --- posts -----------------------------------------------------------------------------------------------------

    def write(self, post: str, *, by: str = "Ann", picture: bool = False, release_at: datetime | None = None) -> Post:
        """A draft of one of the prepared posts, in each language there is an account for."""
        texts = {str(self.accounts[language].uid): text for language, text in words.POSTS[post].items()}
        languages = {str(self.accounts[language].uid): language for language in words.POSTS[post]}
        attached = []
        if picture:
            file = taking_in.take_in(self.actor(by), pictures.photo(), at=now())
            attached = [Described(str(file.uid), "Vijf bruine en groene bierflesjes op een houten plank voor een raam")]
        content = Content(texts=texts, languages=languages, pictures=attached, title=post.capitalize(), release_at=release_at)
        return drafting.draft(self.actor(by), content, at=now())

    def sign(self, post: Post, *, by: str = "Ben") -> None:
        """Somebody's countersignature, with their software passkey."""
        statement = approving.statement_for(self.actor(by), post, at=now())
        approving.approve(self.actor(by), post, statement, self.keys[by].answer(challenge(statement)), at=now())

    def _published(self) -> None:
        for name, picture in (("lentebier", True), ("open", False), ("prijs", False)):
            post = self.write(name, picture=picture)
            submitting.submit(self.actor("Ann"), post, at=now())
            self.sign(post)
            for delivery in Delivery.objects.filter(post=post).select_related("account", "post"):
                releasing.release(RELEASE, delivery, at=now())
                if delivery.account == self.accounts["nl"]:
                    self.deliveries[name] = Delivery.objects.get(pk=delivery.pk)

    def _under_way(self) -> None:
        self.write("hop")
        changed = self.write("vacature")
        submitting.submit(self.actor("Ann"), changed, at=now())
        approving.ask_for_changes(self.actor("Ben"), changed, "Schrijf erbij tot wanneer ze kunnen reageren.", at=now())
        waiting = self.write("glas", picture=True)
        submitting.submit(self.actor("Ann"), waiting, at=now())
        drafting.discuss(self.actor("Ben"), waiting, "Klopt die 40 gram? Ik vraag het aan de ploeg.", at=now())
        scheduled = self.write("open", by="Ann", release_at=now() + timedelta(days=2))
        submitting.submit(self.actor("Ann"), scheduled, at=now())
        self.sign(scheduled)
        refused = self.write("prijs", by="Ann")
        submitting.submit(self.actor("Ann"), refused, at=now())
        approving.reject(self.actor("Ben"), refused, "Die staat er al.", at=now())

    # --- readers ---------------------------------------------------------------------------------------------------

    def _readers(self) -> None:
        with _browser() as browser:
            for post, reader, text in words.COMMENTS:
                address = f"{settings.PRACTICE_ORIGIN}/posts/{self.deliveries[post].remote_id}/replies"
                browser.post(address, data={"new_reader": reader, "text": text}, follow_redirects=True).raise_for_status()
        collecting.collect(COLLECT, self.accounts["nl"], list(self.deliveries.values()), at=now())

    def _decided(self) -> None:
        clauses = {clause.code: clause for clause in charter.clauses()}
        waiting = Comment.objects.filter(is_ours=False).select_related("account", "delivery")
        for reader, deed, code in words.DECIDED:
            comment = waiting.filter(author_name=reader, state="waiting").order_by("pk").first()
            if comment is not None:
                deciding.decide(self.actor("Mia"), comment, deed, clauses[code], at=now())
        asked = waiting.filter(author_name="Noor Haddad").order_by("pk").first()
        if asked is not None:
            text = f"@{asked.author_handle.lstrip('@')} Ja, overal gelijkvloers, en er is een aangepast toilet. Tot zaterdag!"
            answer = deciding.answer(self.actor("Mia"), asked, clauses["K2"], text=text, at=now())
            submitting.submit(self.actor("Mia"), answer, at=now())


def _browser() -> httpx.Client:
    return httpx.Client(timeout=10, trust_env=False, headers={"Sec-Fetch-Site": "same-origin"})


def _allow(url: str, handle: str, name: str) -> dict[str, str]:
    """Answer the practice network's page as a person would, and bring back what the browser would."""
    with _browser() as browser:
        page = browser.get(url).raise_for_status().text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        filled = {key: unescape(value) for key, value in hidden}
        known = re.search(rf'name="account" value="(\d+)"(?:(?!name="account").)*?@{handle}<', page, re.DOTALL)
        filled |= {"account": known.group(1) if known else "new", "handle": handle, "name": name, "decision": "allow"}
        answer = browser.post(f"{settings.PRACTICE_ORIGIN}/oauth/authorize", data=filled)
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def is_empty() -> bool:
    """Whether nobody has enrolled here."""
    return not Person.objects.exclude(state="invited").exists()


def genesis_token() -> str:
    """A fresh one-time token for the first officer."""
    return secrets.token_urlsafe(32)


def is_reachable() -> bool:
    """Whether broker and practice network answer."""
    client.ask(messages.Ping(), timeout=2)
    httpx.get(f"{settings.PRACTICE_ORIGIN}/", timeout=2, trust_env=False).raise_for_status()
    return True
