"""Posts: composing, the list, reviewing and a post's own page."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Event, Face, Notice, Tab, Verdict, Who


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
    warning: str = ""  # why it would be held, were it to go out now

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
    `preview_url` answers the whole form with `posts/compose.html#previews`. `reply` is the comment this answers, `nowhere`
    what stands where accounts would when there is none to write for.
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
    nowhere: Notice | None = None
    sent_back: Notice | None = None
    reply: SaidWords | None = None
    may_submit: Verdict = ALLOWED
    may_add_picture: Verdict = ALLOWED
    delete_url: str = ""
    picture_rules: str = ""
    recall_seconds: int = 60
    given_away: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidWords:
    """Somebody's words, quoted."""

    by: Who
    text: str
    at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in the list. `discard` deletes it, where it is a draft into which nothing was written yet."""

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
    discard: Action | None = None


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
    given_away: tuple[Check, ...] = ()

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
    remedy: str = ""  # of what is held: what to do, and where
    remedy_url: str = ""


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
