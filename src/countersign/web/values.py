"""The plain values that page templates show: what a view fills in, and all that a template may know.

One value a page, given to its template as `page`. Texts are already in the reader's language, addresses are ready to
follow, times are aware. A control that may be refused comes with a `Verdict`, so that the page can show it disabled and
say why. States are the words of the lifecycles (`due`, `waiting` …); the tag `{% state %}` gives them colour and name.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# --- what several pages share ------------------------------------------------------------------------------------------


def _tone(text: str) -> int:
    """One of six quiet colours, the same for the same text."""
    return sum(text.encode()) % 6


def _initials(name: str) -> str:
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@dataclass(frozen=True, slots=True)
class Who:
    """A person, or whoever wrote something: a name to show and the colour of its avatar."""

    name: str
    handle: str = ""

    @property
    def initials(self) -> str:
        """At most two letters."""
        return _initials(self.name or self.handle)

    @property
    def tone(self) -> int:
        """The avatar's colour, 0 to 5."""
        return _tone(self.name or self.handle)


@dataclass(frozen=True, slots=True)
class Face:
    """An account of ours as pages show it. `network` is the connector's word, `network_name` what people call it."""

    uid: str
    network: str
    network_name: str
    handle: str
    name: str
    url: str = ""

    @property
    def initials(self) -> str:
        """At most two letters."""
        return _initials(self.name or self.handle)

    @property
    def tone(self) -> int:
        """The avatar's colour, 0 to 5."""
        return _tone(self.handle)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a control may be used; if not, `why` and what to do about it."""

    is_allowed: bool = True
    why: str = ""
    remedy: str = ""

    def __bool__(self) -> bool:
        return self.is_allowed


ALLOWED = Verdict()


@dataclass(frozen=True, slots=True)
class Action:
    """A button that posts: `name` and `value` travel with it. `tone` is `primary`, `ghost`, `danger` or empty."""

    label: str
    url: str
    name: str = ""
    value: str = ""
    tone: str = ""
    may: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter above a list."""

    label: str
    url: str
    count: int = 0
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence or two in a box. `tone` is `info`, `ok`, `warn` or `bad`."""

    tone: str
    title: str
    text: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a diary. `tone` is `ok`, `warn`, `bad`, `seal` or empty; `icon` is a Lucide name in the sprite."""

    at: datetime
    text: str
    icon: str = "circle-dot"
    tone: str = ""
    detail: str = ""
    who: Who | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select or a set of radio buttons."""

    value: str
    label: str
    help: str = ""
    is_chosen: bool = False
    may: Verdict = ALLOWED


# --- the frame ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the rail. Items with the same `group` stand together under it; the first ones have none."""

    url: str
    label: str
    icon: str
    count: int = 0
    is_current: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class FrameOrganisation:
    """The organisation's card: its name, and how many accounts and people it has."""

    name: str
    accounts: int
    people: int


@dataclass(frozen=True, slots=True)
class FramePerson:
    """Who is signed in. `roles` is one short line, already joined (`Officer, reviewer`); `url` leads to their security page."""

    name: str
    roles: str = ""
    url: str = ""

    @property
    def initials(self) -> str:
        """At most two letters."""
        return _initials(self.name)

    @property
    def tone(self) -> int:
        """The avatar's colour, 0 to 5."""
        return _tone(self.name)


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page, as `frame` in the context. `warning` is a standing sentence, such as one officer only."""

    organisation: FrameOrganisation
    items: tuple[NavItem, ...]
    person: FramePerson
    warning: Notice | None = None


# --- my work -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WaitingPost:
    """A post that waits for the reader's signature."""

    url: str
    title: str
    author: Who
    accounts: tuple[Face, ...]
    release_at: datetime | None
    signatures: int
    needed: int
    open_checks: int
    thumb_url: str = ""


@dataclass(frozen=True, slots=True)
class MyDraft:
    """A post of the reader's own that is not finished. `note` says why it came back, in the words of `by`."""

    url: str
    title: str
    state: str
    accounts: tuple[Face, ...]
    edited_at: datetime
    note: str = ""
    by: Who | None = None


@dataclass(frozen=True, slots=True)
class GoingOut:
    """A signed post that goes out soon. While `recall_until` is ahead, `recall_url` (POST) takes it back."""

    url: str
    title: str
    accounts: tuple[Face, ...]
    release_at: datetime
    recall_until: datetime | None = None
    recall_url: str = ""


@dataclass(frozen=True, slots=True)
class WaitingComments:
    """Comments nobody has decided yet. `read_until` is the moment up to which everything has been read."""

    url: str
    count: int
    oldest_at: datetime | None = None
    escalated: int = 0
    read_until: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps on a new installation."""

    label: str
    text: str
    url: str
    link: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """`desk/home.html`: my work."""

    greeting: str
    waiting: tuple[WaitingPost, ...] = ()
    drafts: tuple[MyDraft, ...] = ()
    going_out: tuple[GoingOut, ...] = ()
    comments: WaitingComments | None = None
    alerts: tuple[Notice, ...] = ()
    steps: tuple[Step, ...] = ()
    compose_url: str = ""
    may_compose: Verdict = ALLOWED

    @property
    def has_nothing(self) -> bool:
        """Whether nothing waits for this person."""
        comments = self.comments.count if self.comments else 0
        return not (self.waiting or self.drafts or self.going_out or self.alerts or comments or self.open_steps)

    @property
    def open_steps(self) -> int:
        """How many first steps are left."""
        return sum(1 for step in self.steps if not step.is_done)

    @property
    def done_steps(self) -> int:
        """How many first steps are done."""
        return len(self.steps) - self.open_steps


# --- posts -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A frame around something seen in a picture, in the picture's own pixels."""

    x: int
    y: int
    width: int
    height: int
    label: str

    @property
    def tag_y(self) -> int:
        """Where the tag stands: above the frame, inside the picture."""
        return max(self.y - 42, 4)

    @property
    def tag_width(self) -> int:
        """Wide enough for the label at its size."""
        return 28 + 11 * len(self.label)

    @property
    def text_x(self) -> int:
        """Where the label begins."""
        return self.x + 14

    @property
    def text_y(self) -> int:
        """The label's base line."""
        return self.tag_y + 23


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it will go out: the stored bytes at `url`."""

    url: str
    width: int
    height: int
    alt: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What readers of one account will see."""

    account: Face
    text: str
    pictures: tuple[Shown, ...] = ()
    language: str = ""
    count: int = 0
    limit: int = 0
    replying_to: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the network will not take so many characters."""
        return bool(self.limit) and self.count > self.limit


@dataclass(frozen=True, slots=True)
class Wording:
    """An account on the compose page. Fields: `accounts` (checkbox, value `uid`), `text-UID`, `language-UID`."""

    account: Face
    is_ticked: bool
    text: str
    count: int
    limit: int
    language: str
    mistake: str = ""
    may: Verdict = ALLOWED

    @property
    def is_over(self) -> bool:
        """Whether the network will not take so many characters."""
        return self.count > self.limit

    @property
    def percent(self) -> int:
        """How full the limit is, 0 to 100."""
        return min(100, round(100 * self.count / self.limit)) if self.limit else 0


@dataclass(frozen=True, slots=True)
class Removed:
    """Something taken out of a picture: `icon` and a label (`Camera`), perhaps what it said."""

    label: str
    icon: str = "eye-off"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo said it was taken, in degrees; the small map is a plain projection of the whole world."""

    latitude: float
    longitude: float

    @property
    def x(self) -> str:
        """Across, on a map 360 wide; text, so that no locale puts a comma into an SVG attribute."""
        return f"{self.longitude + 180:.1f}"

    @property
    def y(self) -> str:
        """Down, on a map 180 high."""
        return f"{90 - self.latitude:.1f}"

    @property
    def text(self) -> str:
        """The coordinates as people write them."""
        return f"{self.latitude:.4f}, {self.longitude:.4f}"


@dataclass(frozen=True, slots=True)
class ComposePicture:
    """A picture on the compose page. Field: `alt-UID`. `remove_url` takes it off (POST)."""

    uid: str
    url: str
    width: int
    height: int
    alt: str
    remove_url: str
    removed: tuple[Removed, ...] = ()
    place: Place | None = None
    alt_limit: int = 1500
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Compose:
    """`posts/compose.html`.

    Fields besides those of `Wording` and `ComposePicture`: `title`, `release` (`approved` or `at`), `release_date`,
    `release_time`, `time_zone`; the buttons send `do` with `save` or `submit` to `save_url`. `count_url` answers a POST
    of `account` and `text` with JSON `{"count": 12, "limit": 300}`; `autosave_url` answers the whole form with JSON
    `{"saved_at": ISO, "revision": n}`; `seen` travels hidden, so that two writers do not overwrite each other; `upload_url` takes `picture` (multipart) and goes back to this page;
    `preview_url` answers the whole form with `posts/compose.html#previews`. `reply` is the comment this answers.
    """

    heading: str
    title: str
    save_url: str
    autosave_url: str
    count_url: str
    upload_url: str
    preview_url: str
    wordings: tuple[Wording, ...]
    languages: tuple[Choice, ...]
    time_zones: tuple[Choice, ...]
    previews: tuple[Preview, ...] = ()
    pictures: tuple[ComposePicture, ...] = ()
    release: str = "approved"
    release_date: str = ""
    release_time: str = ""
    saved_at: datetime | None = None
    seen: str = ""
    revision: int = 0
    mistakes: Mapping[str, str] = field(default_factory=dict)
    sent_back: Notice | None = None
    reply: SaidWords | None = None
    may_submit: Verdict = ALLOWED
    may_add_picture: Verdict = ALLOWED
    delete_url: str = ""
    picture_rules: str = ""
    recall_seconds: int = 60


@dataclass(frozen=True, slots=True)
class SaidWords:
    """Somebody's words, quoted."""

    by: Who
    text: str
    at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in the list."""

    url: str
    title: str
    state: str
    author: Who
    accounts: tuple[Face, ...]
    changed_at: datetime
    release_at: datetime | None = None
    signatures: int = 0
    needed: int = 1
    thumb_url: str = ""


@dataclass(frozen=True, slots=True)
class Posts:
    """`posts/list.html`."""

    rows: tuple[PostRow, ...]
    tabs: tuple[Tab, ...]
    compose_url: str
    may_compose: Verdict = ALLOWED
    newer_url: str = ""
    older_url: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found. `tone` is `ok`, `warn` or `bad`; one that is not `ok` is open until answered."""

    tone: str
    icon: str
    title: str
    text: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words: `same`, `ins` or `del`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in one account's wording between two revisions."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the discussion; `chip` is a few words such as *signed revision 3*, with the tone `chip_tone`."""

    who: Who
    at: datetime
    text: str
    chip: str = ""
    chip_tone: str = "ok"


@dataclass(frozen=True, slots=True)
class Signature:
    """A countersignature that stands."""

    who: Who
    at: datetime
    revision: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Review:
    """`posts/review.html`: exactly what is signed, beside what changed and what the checks found.

    `options_url` and `submit_url` are asked by `passkey.js`. `changes_url` and `reject_url` take a POST with `words`,
    `remark_url` one with `text`; an htmx post to it is answered with `posts/review.html#remark` and `remark`.
    """

    title: str
    revision: int
    fingerprint: str
    digest: str
    author: Who
    previews: tuple[Preview, ...]
    needed: int
    release_at: datetime | None
    options_url: str
    submit_url: str
    changes_url: str
    reject_url: str
    remark_url: str
    queue_url: str
    editors: tuple[Who, ...] = ()
    changes: tuple[Changes, ...] = ()
    changes_label: str = ""
    checks: tuple[Check, ...] = ()
    remarks: tuple[Remark, ...] = ()
    signatures: tuple[Signature, ...] = ()
    may_sign: Verdict = ALLOWED
    may_send_back: Verdict = ALLOWED
    may_remark: Verdict = ALLOWED
    position: int = 0
    total: int = 0
    previous_url: str = ""
    next_url: str = ""
    recall_seconds: int = 60

    @property
    def open_checks(self) -> int:
        """How many checks still need an eye."""
        return sum(1 for check in self.checks if check.tone != "ok")

    @property
    def passed_checks(self) -> int:
        """How many checks found nothing."""
        return len(self.checks) - self.open_checks


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """One variant on its way to one account. `by_hand_url` is where a person can do what the network does not let us do."""

    account: Face
    state: str
    at: datetime
    url: str = ""
    why: str = ""
    by_hand_url: str = ""
    by_hand_text: str = ""
    actions: tuple[Action, ...] = ()
    next_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class PostPage:
    """`posts/post.html`: how a post stands. `recall` and `actions` change it; each asks before it is done."""

    title: str
    state: str
    author: Who
    revision: int
    fingerprint: str
    deliveries: tuple[DeliveryState, ...]
    previews: tuple[Preview, ...]
    events: tuple[Event, ...]
    list_url: str
    release_at: datetime | None = None
    recall_until: datetime | None = None
    recall_url: str = ""
    signatures: tuple[Signature, ...] = ()
    needed: int = 1
    actions: tuple[Action, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


# --- comments ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment in the queue. `flag` is a word on why it is looked at first."""

    url: str
    by: Who
    text: str
    at: datetime
    account: Face
    state: str
    is_current: bool = False
    flag: str = ""
    uid: str = ""
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """One comment of a thread, with the answers to it."""

    by: Who
    text: str
    at: datetime
    state: str = ""
    url: str = ""
    is_ours: bool = False
    is_current: bool = False
    is_gone: bool = False
    edited_at: datetime | None = None
    answers: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the charter. `number` is how it is cited (`3.2`)."""

    code: str
    number: str
    title: str
    text: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be decided: `keep`, `answer`, `hide`, `delete` or `escalate`.

    `is_by_hand` says that the network does not let us do it: the decision is noted, and a person does it at `by_hand_url`.
    """

    word: str
    label: str
    help: str = ""
    icon: str = "check"
    is_chosen: bool = False
    is_by_hand: bool = False
    by_hand_url: str = ""
    may: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """What was decided about a comment."""

    by: Who
    at: datetime
    label: str
    clause: Clause | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CommentDetail:
    """The comment being looked at. `decide_url` takes a POST of `deed`, `clause`, `words` (to colleagues)."""

    by: Who
    text: str
    at: datetime
    state: str
    account: Face
    thread: tuple[Said, ...]
    root_text: str
    root_url: str
    decide_url: str
    back_url: str
    deeds: tuple[Deed, ...] = ()
    clauses: tuple[Clause, ...] = ()
    decisions: tuple[DecisionMade, ...] = ()
    root_thumb_url: str = ""
    url: str = ""
    language: str = ""
    state_note: Notice | None = None
    done_by_hand_url: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadTo:
    """Up to when everything on an account has been read, and when its comments were last collected."""

    account: Face
    until: datetime | None
    collected_at: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class CommentQueue:
    """`comments/queue.html`: the list, and the comment chosen from it."""

    rows: tuple[CommentRow, ...]
    tabs: tuple[Tab, ...]
    read_to: tuple[ReadTo, ...] = ()
    detail: CommentDetail | None = None
    newer_url: str = ""
    older_url: str = ""
    read_url: str = ""

    @property
    def unread(self) -> tuple[CommentRow, ...]:
        """The rows nobody has marked as read."""
        return tuple(row for row in self.rows if not row.is_read)


# --- accounts and people -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the list."""

    url: str
    account: Face
    state: str
    line: str = ""
    people: tuple[Who, ...] = ()
    needed: int = 1


@dataclass(frozen=True, slots=True)
class Accounts:
    """`grants/accounts.html`."""

    rows: tuple[AccountRow, ...]
    connect_url: str
    may_connect: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Holding:
    """A person's role on an account, with what takes it away (POST)."""

    who: Who
    role: str
    since: datetime
    url: str = ""
    account: Face | None = None
    take_url: str = ""
    may_take: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Ability:
    """One row of what a network can do. `how` is `yes`, `by_hand` or `no`."""

    label: str
    how: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`grants/account.html`. Forms: `grant_url` (`person`, `role`), `needed_url` (`needed`), and `actions`."""

    account: Face
    state: str
    connected_at: datetime | None
    connected_by: Who | None
    expires_at: datetime | None
    scopes: tuple[str, ...]
    holdings: tuple[Holding, ...]
    abilities: tuple[Ability, ...]
    list_url: str
    grant_url: str = ""
    people: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    may_grant: Verdict = ALLOWED
    needed: int = 1
    needed_url: str = ""
    may_change_needed: Verdict = ALLOWED
    notice: Notice | None = None
    actions: tuple[Action, ...] = ()
    server: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Connect:
    """`grants/connect.html`. Fields: `network`, `server`, `handle`, and, asked only where `wants_password`, `app_password`."""

    url: str
    list_url: str
    networks: tuple[Choice, ...]
    network: str = ""
    server: str = ""
    handle: str = ""
    reconnects: Face | None = None
    wants_password: bool = False
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list."""

    url: str
    who: Who
    state: str
    roles: str = ""
    seen_at: datetime | None = None
    factor: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """`grants/people.html`."""

    rows: tuple[PersonRow, ...]
    invite_url: str
    roster_url: str
    may_invite: Verdict = ALLOWED
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`grants/person.html`. `grant_url` takes `account` and `role`."""

    who: Who
    email: str
    state: str
    list_url: str
    holdings: tuple[Holding, ...] = ()
    factors: tuple[str, ...] = ()
    signer: str = ""
    events: tuple[Event, ...] = ()
    actions: tuple[Action, ...] = ()
    grant_url: str = ""
    accounts: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    may_grant: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Invite:
    """`grants/invite.html`. Fields: `name`, `email`, `language`, `role` (many), `account` (many).

    After the POST `link` holds the single-use address, shown this once.
    """

    url: str
    list_url: str
    roles: tuple[Choice, ...]
    accounts: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    name: str = ""
    email: str = ""
    link: str = ""
    ends_at: datetime | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignerRow:
    """Somebody on the roster. `cools_until` is when a new signer may sign."""

    who: Who
    role: str
    since: datetime
    keys: int = 1
    cools_until: datetime | None = None
    remove: Action | None = None


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """A change of the roster that waits for officers' signatures."""

    label: str
    detail: str
    asked_by: Who
    at: datetime
    signatures: tuple[Who, ...]
    needed: int
    fingerprint: str
    options_url: str
    submit_url: str
    cancel_url: str = ""
    may_sign: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Roster:
    """`grants/roster.html`: who may sign. `add_url` takes `person` and `role` (`signer` or `officer`) as a POST."""

    signers: tuple[SignerRow, ...]
    officers: tuple[SignerRow, ...]
    threshold: int
    head: str
    pending: tuple[PendingEntry, ...] = ()
    add_url: str = ""
    people: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    may_add: Verdict = ALLOWED
    events: tuple[Event, ...] = ()
    list_url: str = ""
    set_up_ends_at: datetime | None = None


# --- one's own security ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where one is signed in. `end_url` (POST) ends it."""

    device: str
    place: str
    started_at: datetime
    seen_at: datetime
    end_url: str
    is_this: bool = False
    icon: str = "laptop"


@dataclass(frozen=True, slots=True)
class Sessions:
    """`people/sessions.html`."""

    rows: tuple[SessionRow, ...]
    end_others_url: str
    idle_minutes: int = 30
    absolute_hours: int = 12


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey. `may_remove` refuses the last factor."""

    name: str
    added_at: datetime
    used_at: datetime | None
    remove_url: str
    may_remove: Verdict = ALLOWED
    is_on_roster: bool = False


@dataclass(frozen=True, slots=True)
class Security:
    """`people/security.html`. Adding a passkey asks `add_options_url` and `add_submit_url` by `passkey.js`."""

    passkeys: tuple[PasskeyRow, ...]
    add_options_url: str
    add_submit_url: str
    has_totp: bool
    totp_url: str
    totp_remove_url: str
    codes_left: int
    codes_url: str
    password_url: str
    sessions_url: str
    may_remove_totp: Verdict = ALLOWED
    may_add: Verdict = ALLOWED
    confirm_url: str = ""


@dataclass(frozen=True, slots=True)
class Enrol:
    """`people/enrol.html`: an invitation accepted.

    The passkey way: `options_url`, `submit_url` by `passkey.js`, with the field `name`. The other way is a plain form to
    `password_url`: `name`, `password`, `code`, and `ticket` (hidden) with `totp_ticket`; `totp_qr_url` is the picture,
    `totp_secret` the same as text.
    """

    organisation: str
    invited_by: str
    email: str
    name: str
    roles: str
    options_url: str
    submit_url: str
    password_url: str
    totp_qr_url: str = ""
    totp_secret: str = ""
    totp_ticket: str = ""
    is_first_officer: bool = False
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """`people/recovery_codes.html`: shown this once."""

    codes: tuple[str, ...]
    next_url: str


# --- settings and charter ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting of the installation as it is, and where it is changed."""

    label: str
    value: str
    help: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What the doctor found about one part. `tone` is `ok`, `warn` or `bad`."""

    tone: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Settings:
    """`desk/settings.html`. `own_url` takes `language` and `time_zone`."""

    own_url: str
    languages: tuple[Choice, ...]
    time_zones: tuple[Choice, ...]
    security_url: str
    sessions_url: str
    health: tuple[Health, ...] = ()
    rows: tuple[SettingRow, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class Charter:
    """`charter/charter.html`: public, in each language."""

    organisation: str
    title: str
    introduction: str
    clauses: tuple[Clause, ...]
    version: str
    adopted_at: datetime | None
    languages: tuple[Tab, ...] = ()
    contact: str = ""
