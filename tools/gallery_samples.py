"""What the gallery shows: the brewery of product.md, its people and its posts, as the values of web/values."""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory

from countersign.web import values as v

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
ANN, BEN, MIA, KIM, TOM, SAM = (
    v.Who(name) for name in ("Ann Peeters", "Ben Claes", "Mia Laurent", "Kim Wouters", "Tom Schmitz", "Sam Dubois")
)
PRACTICE = v.Face("a1", "practice", "Practice network", "@delinde", "Brouwerij De Linde")
MASTODON = v.Face("a2", "mastodon", "Mastodon", "@delinde@mastodon.example", "Brouwerij De Linde", "https://mastodon.example/@delinde")
BLUESKY = v.Face("a3", "bluesky", "Bluesky", "@delinde.example", "De Linde", "https://bsky.example/profile/delinde.example")
TEXT = (
    "De brouwzaal is vernieuwd! Vanaf zaterdag brouwen we weer met open deuren: kom kijken, ruik de mout, proef de "
    "eerste Lentebock. 🍺\nOude Markt 12, Leuven → https://delinde.example/open"
)
PROFILE_TEXT = "The brewhouse is new! From Saturday we brew with open doors: come and taste the first spring bock."
PHOTO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1080 720" width="1080" height="720">
<rect width="1080" height="720" fill="#e9dfcf"/><rect y="470" width="1080" height="250" fill="#8a5a3c"/>
<g fill="#c98b4e"><rect x="110" y="170" width="220" height="330" rx="90"/><rect x="380" y="210" width="190" height="290" rx="80"/></g>
<g stroke="#7d4f27" stroke-width="9" fill="none"><path d="M110 270h220M110 400h220M380 300h190M380 410h190"/></g>
<path d="M220 170V90h260v120" fill="none" stroke="#a8703a" stroke-width="18" stroke-linejoin="round"/>
<rect x="660" y="110" width="300" height="190" rx="6" fill="#fbfaf4" stroke="#7b6a4f" stroke-width="12"/>
<g font-family="sans-serif" font-size="34" fill="#30508a"><text x="690" y="175">Lentebock</text><text x="690" y="225" fill="#b3402f">kost € 0,61</text><text x="690" y="270" fill="#555" font-size="26">niet voor pers</text></g>
<rect x="600" y="470" width="420" height="40" fill="#5b3a26"/><g fill="#e7b23c"><rect x="660" y="395" width="46" height="75" rx="6"/><rect x="730" y="395" width="46" height="75" rx="6"/></g>
<g fill="#fff"><rect x="656" y="380" width="54" height="22" rx="11"/><rect x="726" y="380" width="54" height="22" rx="11"/></g>
<circle cx="880" cy="420" r="52" fill="#4d8a5d"/><rect x="862" y="440" width="36" height="34" fill="#b45b35"/></svg>"""
QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21">' + "".join(
    f'<rect x="{x}" y="{y}" width="1" height="1"/>' for x in range(21) for y in range(21)
    if (x * 7 + y * 13 + x * y) % 3 == 0 or (min(x, 20 - x) < 7 and y < 7 and (x in {0, 6, 14, 20} or y in {0, 6}))
) + "</svg>"  # fmt: skip
ALT = "Two copper kettles in the brewhouse, a counter with two glasses of beer, a whiteboard behind them"
NO = v.Verdict(is_allowed=False, why="You wrote this post.", remedy="Somebody else signs it.")


def ago(**length: float) -> datetime:
    """A moment in the past."""
    return NOW - timedelta(**length)


def ahead(**length: float) -> datetime:
    """A moment to come."""
    return NOW + timedelta(**length)


def media() -> dict[str, tuple[str, bytes]]:
    """The pictures that pages show."""
    return {"/photo.svg": ("image/svg+xml", PHOTO.encode()), "/qr.svg": ("image/svg+xml", QR.encode())}


def frame(current: str) -> v.Frame:
    """The frame with one item current."""
    rows = (
        ("My work", "house", 0, ""), ("Compose", "pen-line", 0, ""), ("Posts", "file-text", 0, ""),
        ("Review", "stamp", 2, ""), ("Comments", "message-square", 12, ""),
        ("Accounts", "plug", 0, "Safety"), ("People", "users", 0, "Safety"), ("Sessions", "monitor-smartphone", 0, "Safety"),
        ("Charter", "scroll-text", 0, "Records"), ("Audit log", "history", 0, "Records"), ("Settings", "settings", 0, "Records"),
    )  # fmt: skip
    items = tuple(v.NavItem("/" + label.lower(), label, icon, count, label == current, group) for label, icon, count, group in rows)
    return v.Frame(v.FrameOrganisation("Brouwerij De Linde", 3, 6), items, v.FramePerson("Ben Claes", "Reviewer", "/security"))


def preview(account: v.Face, text: str = TEXT, *, marks: tuple[v.Mark, ...] = (), picture: bool = True) -> v.Preview:
    """A preview of one account."""
    shown = (v.Shown("/photo.svg", 1080, 720, ALT, marks),) if picture else ()
    return v.Preview(account, text, shown, "nl", len(text), 500)


def home() -> v.Home:
    """Ben's morning."""
    return v.Home(
        "Good morning, Ben",
        waiting=(
            v.WaitingPost("/review", "Open brewhouse in spring", ANN, (MASTODON, BLUESKY), ahead(days=1, hours=3), 1, 2, 1, "/photo.svg"),
            v.WaitingPost("/r2", "Answer to a question about allergens", MIA, (MASTODON,), None, 0, 1, 0),
        ),
        drafts=(
            v.MyDraft("/d1", "Lentebock is here", "draft", (BLUESKY,), ago(hours=4), "Is the price on the board public?", KIM),
            v.MyDraft("/d2", "Working with us: a brewer's apprentice", "draft", (PRACTICE,), ago(days=2)),
        ),
        going_out=(v.GoingOut("/p1", "We are closed on Monday", (MASTODON,), ahead(minutes=1), ahead(seconds=48), "/recall"),
                   v.GoingOut("/p3", "Brewery tour, new dates", (MASTODON, BLUESKY), ahead(days=2))),
        comments=v.WaitingComments("/comments", 12, ago(hours=5), 1, ago(hours=6), is_late=True),
        alerts=(v.Notice("bad", "@delinde.example is disconnected", "The network no longer accepts our key, so nothing goes out there. Posts for it are held, none is lost.", "/accounts", "Connect it again"),),
        compose_url="/compose",
    )  # fmt: skip


def first_day() -> v.Home:
    """Kim's first page."""
    return v.Home(
        "Welcome, Kim",
        steps=(
            v.Step("Make a passkey", "You sign in with it, and with it you sign.", "/security", "Make one", is_done=True),
            v.Step("Connect an account", "A practice account is a good first one.", "/connect", "Connect"),
            v.Step("Invite a second officer", "Until then one person alone decides who may sign.", "/invite", "Invite"),
            v.Step("Invite an author and a reviewer", "One writes, another signs.", "/invite", "Invite"),
            v.Step("Publish a first post on the practice network", "The whole way, without harm.", "/compose", "Compose"),
        ),
        comments=v.WaitingComments("/comments", 0), compose_url="/compose",
        may_compose=v.Verdict(is_allowed=False, why="No account is connected yet.", remedy="Connect one first."),
    )  # fmt: skip


def compose(*, mistakes: bool = False, reply: bool = False) -> v.Compose:
    """Ann writes."""
    return v.Compose(
        heading="Answer a comment" if reply else "Compose", title="" if mistakes else "Open brewhouse in spring",
        save_url="/save", autosave_url="/autosave", count_url="/count", upload_url="/upload", preview_url="/preview",
        wordings=(
            v.Wording(MASTODON, True, TEXT, 203, 500, "nl"),
            v.Wording(BLUESKY, True, TEXT * 2 if mistakes else PROFILE_TEXT, 382 if mistakes else 99, 300, "en",
                      "Bluesky takes 300 characters; this has 382. Shorten it here: nothing is cut off for you." if mistakes else ""),
            v.Wording(PRACTICE, False, "", 0, 500, "nl", may=v.Verdict(False, "You are not an author here.", "An officer can make you one.")),
        ),
        languages=(v.Choice("nl", "Dutch"), v.Choice("fr", "French"), v.Choice("en", "English"), v.Choice("de", "German")),
        time_zones=(v.Choice("Europe/Brussels", "Brussels", is_chosen=True), v.Choice("UTC", "UTC")),
        previews=(preview(MASTODON), preview(BLUESKY, PROFILE_TEXT)),
        pictures=(v.ComposePicture(
            "p1", "/photo.svg", 1080, 720, "" if mistakes else ALT, "/remove",
            (v.Removed("Place", "map-pin-off"), v.Removed("Camera", "camera", "Pixel 9"), v.Removed("Author", "users", "Ann Peeters"),
             v.Removed("Small copy of the uncropped photo", "image")),
            v.Place(50.8793, 4.7017),
            mistake="Say what is in the picture, for those who cannot see it." if mistakes else "",
        ),),
        release="at", release_date="2026-11-25", release_time="09:00", saved_at=ago(minutes=2), revision=3,
        mistakes={"title": "Give it a title, so that colleagues find it."} if mistakes else {},
        sent_back=v.Notice("warn", "Ben asked for changes", "“Is the price on the board public? And please say that children are welcome.”") if mistakes else None,
        reply=v.SaidWords(v.Who("Jonas Vermeulen", "@jonas@social.example"), "Is er ook iets zonder gluten?", ago(hours=3)) if reply else None,
        may_submit=v.Verdict(False, "Three things are missing.", "They are marked above.") if mistakes else v.ALLOWED,
        delete_url="/delete", picture_rules="JPEG, PNG, WebP or HEIC, up to 20 MB and 50 megapixels",
    )  # fmt: skip


def posts() -> v.Posts:
    """Posts in every state."""
    def row(title: str, state: str, who: v.Who, *faces: v.Face, **more: Any) -> v.PostRow:
        return v.PostRow("/post", title, state, who, faces, ago(hours=3), **more)

    return v.Posts(
        (
            row("Open brewhouse in spring", "submitted", ANN, MASTODON, BLUESKY, release_at=ahead(days=1), signatures=1, needed=2, thumb_url="/photo.svg"),
            row("We are closed on Monday", "approved", MIA, MASTODON, release_at=ahead(minutes=1), signatures=1),
            row("Lentebock is here", "draft", BEN, BLUESKY),
            row("A glass for Saint Nicholas", "done", ANN, MASTODON, BLUESKY, PRACTICE, thumb_url="/photo.svg"),
            row("Win a year of beer", "rejected", ANN, PRACTICE),
        ),
        (v.Tab("All", "/posts", 5, is_current=True), v.Tab("Drafts", "/x", 1), v.Tab("Waiting", "/x", 1), v.Tab("Going out", "/x", 1), v.Tab("Published", "/x", 1), v.Tab("Rejected", "/x", 1)),
        "/compose", older_url="/older",
    )  # fmt: skip


def review(*, own: bool = False) -> v.Review:
    """Ben looks at what Ann wrote."""
    return v.Review(
        title="Open brewhouse in spring", revision=3, fingerprint="37c07af2…9dc3c9", digest="37c07af2" + "0" * 50 + "9dc3c9",
        author=ANN, previews=(preview(MASTODON, marks=(v.Mark(648, 98, 324, 214, "1 · Whiteboard"),)), preview(BLUESKY, PROFILE_TEXT)),
        needed=2, release_at=ahead(days=1, hours=3), options_url="/options", submit_url="/submit", changes_url="/changes",
        reject_url="/reject", remark_url="/remark", queue_url="/posts", changes_label="revision 2 → 3, Ann Peeters",
        changes=(v.Changes("@delinde@mastodon.example", (v.Part("same", "De brouwzaal is vernieuwd! Vanaf "), v.Part("del", "vrijdag 27 november"), v.Part("ins", "zaterdag"), v.Part("same", " brouwen we weer met open deuren: kom kijken, ruik de mout, proef de eerste Lentebock. "), v.Part("ins", "Oude Markt 12, Leuven → https://delinde.example/open"))),),
        checks=(
            v.Check("warn", "scan-text", "Text alternative is short", "“Kettles” says little to somebody who cannot see the picture.", (v.Action("It is enough", "/answer"),)),
            v.Check("ok", "map-pin-off", "Place removed from the photo", "50.8793, 4.7017 · taken out before anybody saw it"),
            v.Check("ok", "camera", "Nothing else hidden in the photo", "camera, author and a small copy were taken out"),
            v.Check("ok", "link-2", "Links as they will be shown", "delinde.example/open"),
            v.Check("ok", "user-check", "Right accounts, right names"),
        ),
        remarks=(v.Remark(ANN, ago(hours=2), "New photo, taken this morning. Day in words, as legal asked."),
                 v.Remark(KIM, ago(hours=1), "Fine by me. Do look at the board behind the counter.", "signed revision 3")),
        signatures=(v.Signature(KIM, ago(hours=1), 3, "37c07af2…9dc3c9"),),
        may_sign=NO if own else v.ALLOWED, may_send_back=NO if own else v.ALLOWED, position=2, total=3, previous_url="/p", next_url="/n",
    )  # fmt: skip


def post() -> v.PostPage:
    """A post on its way."""
    return v.PostPage(
        "Open brewhouse in spring", "approved", ANN, 3, "37c07af2…9dc3c9",
        (
            v.DeliveryState(MASTODON, "published", ago(minutes=3), "https://mastodon.example/@delinde/1", actions=(v.Action("Delete there", "/w", tone="danger"),)),
            v.DeliveryState(BLUESKY, "unconfirmed", ago(minutes=2), why="The network took the post and then said nothing. It is being read to see whether it stands there; it is not sent again before that is known.", attempts=1, next_at=ahead(minutes=1)),
            v.DeliveryState(PRACTICE, "failed", ago(minutes=2), why="The network refused: the picture is too large for it.", by_hand_text="You can also publish it yourself:", by_hand_url="https://practice.example", actions=(v.Action("Make a new draft of it", "/again"),)),
        ),
        (preview(MASTODON),),
        (
            v.Event(ago(minutes=3), "It stands on Mastodon", "circle-check", "ok", "https://mastodon.example/@delinde/1"),
            v.Event(ago(minutes=4), "Release began", "send"),
            v.Event(ago(hours=1), "signed revision 3", "fingerprint", "seal", "with the passkey “Phone”", BEN),
            v.Event(ago(hours=2), "signed revision 3", "fingerprint", "seal", "with the passkey “Key on my ring”", KIM),
            v.Event(ago(hours=5), "asked for changes", "undo-2", "warn", "“Say the day in words.”", BEN),
            v.Event(ago(days=1), "submitted revision 2", "stamp", "", "", ANN),
        ),
        "/posts", release_at=ago(minutes=4), recall_until=ahead(seconds=42), recall_url="/recall",
        signatures=(v.Signature(KIM, ago(hours=2), 3, "37c07af2…9dc3c9"), v.Signature(BEN, ago(hours=1), 3, "37c07af2…9dc3c9")), needed=2,
        actions=(v.Action("Withdraw everywhere", "/withdraw", tone="danger"),), links=(("Write a new one from it", "/copy"),),
    )  # fmt: skip


JONAS, PIA, BOT, LUC = (v.Who("Jonas Vermeulen", "@jonas@social.example"), v.Who("Pia Hofmann", "@pia.example"),
                        v.Who("Win Prizes Now", "@win@x.example"), v.Who("Luc Martin", "@luc@piaille.example"))  # fmt: skip
CLAUSES = (
    v.Clause("criticism", "2.1", "Criticism stays", "Saying that our beer is bad is welcome, and protected."),
    v.Clause("insult", "3.1", "No insults", "Words that attack a person rather than a matter."),
    v.Clause("advertising", "3.4", "No advertising or fraud", "Offers of others, prize games, doubtful links."),
    v.Clause("private", "3.5", "No personal data", "Addresses, telephone numbers, names of private people."),
)


def queue(*, detail: bool = True) -> v.CommentQueue:
    """Mia reads."""
    rows = (
        v.CommentRow("/c1", BOT, "🎁 U bent geselecteerd! Claim uw gratis vat bier op bit-ly.example/vat voor middernacht", ago(hours=5), MASTODON, "waiting", is_current=detail, flag="doubtful link"),
        v.CommentRow("/c2", JONAS, "Is er ook iets zonder gluten? Vorige keer kon niemand het me zeggen.", ago(hours=4), MASTODON, "waiting"),
        v.CommentRow("/c3", LUC, "Franchement, la dernière bock était ratée. Trop sucrée, et l’accueil n’était pas mieux.", ago(hours=3), BLUESKY, "waiting"),
        v.CommentRow("/c4", PIA, "Wir kommen mit dem Zug aus Köln, gibt es am Sonntag auch Führungen?", ago(hours=2), BLUESKY, "escalated"),
    )
    thread = (
        v.Said(JONAS, "Is er ook iets zonder gluten? Vorige keer kon niemand het me zeggen.", ago(hours=4), "waiting", "/c2", answers=(
            v.Said(v.Who("De Linde", "@delinde"), "Ja: de Linde Blond is glutenvrij, en de keuken kent de lijst.", ago(hours=3.5), is_ours=True, answers=(
                v.Said(BOT, "🎁 U bent geselecteerd! Claim uw gratis vat bier op https://bit-ly.example/vat voor middernacht @jonas", ago(hours=3), "waiting", is_current=True),)),
        )),
        v.Said(v.Who("Els"), "Tot zaterdag!", ago(hours=3), "kept", "/c9"),
    )  # fmt: skip
    chosen = v.CommentDetail(
        BOT, "🎁 U bent geselecteerd!", ago(hours=3), "waiting", MASTODON, thread, TEXT, "/post", "/decide", "/comments",
        deeds=(
            v.Deed("keep", "Keep", "it stays", "check"), v.Deed("answer", "Answer", "as a signed post", "reply"),
            v.Deed("hide", "Hide", icon="eye-off", is_chosen=True, is_by_hand=True, by_hand_url="https://mastodon.example/x"),
            v.Deed("delete", "Delete", icon="trash-2", may=v.Verdict(False, "Mastodon lets nobody delete what others wrote.", "")),
            v.Deed("escalate", "Escalate", "an officer decides", "flag"),
        ),
        clauses=CLAUSES, root_thumb_url="/photo.svg", url="https://mastodon.example/x",
        decisions=(v.DecisionMade(SAM, ago(hours=1), "escalated it", CLAUSES[2], "Is this the same sender as last week?"),),
    )  # fmt: skip
    return v.CommentQueue(
        rows, (v.Tab("Waiting", "/comments", 12, is_current=True), v.Tab("Escalated", "/x", 1), v.Tab("To do by hand", "/x", 2), v.Tab("Decided", "/x")),
        (v.ReadTo(MASTODON, ago(hours=6), ago(minutes=1), is_late=True), v.ReadTo(BLUESKY, ago(hours=3), ago(minutes=1)), v.ReadTo(PRACTICE, None)),
        chosen if detail else None, older_url="/older",
    )  # fmt: skip


def accounts() -> v.Accounts:
    """Three accounts."""
    return v.Accounts((
        v.AccountRow("/account", MASTODON, "connected", "mastodon.example", (ANN, BEN, MIA), 2),
        v.AccountRow("/account", BLUESKY, "disconnected", "the network no longer accepts our key", (ANN, BEN), 1),
        v.AccountRow("/account", PRACTICE, "connected", "on this machine", (ANN, BEN, MIA, KIM), 1),
    ), "/connect")  # fmt: skip


ROLES = (v.Choice("author", "Author", "drafts posts and replies"), v.Choice("reviewer", "Reviewer", "countersigns what others wrote"),
         v.Choice("moderator", "Moderator", "reads comments, decides by the charter"), v.Choice("auditor", "Auditor", "reads everything, changes nothing"),
         v.Choice("officer", "Security officer", "accounts, roles, roster"))  # fmt: skip
PEOPLE = (v.Choice("u1", "Ann Peeters"), v.Choice("u2", "Mia Laurent"))
ONLY_OFFICERS = v.Verdict(False, "Only officers give roles.", "Ask Kim or Tom.")


def account() -> v.AccountPage:
    """One account."""
    return v.AccountPage(
        MASTODON, "connected", ago(days=40), KIM, None, ("read:statuses", "write:statuses", "write:media"),
        (v.Holding(ANN, "Author", ago(days=30), "/person", take_url="/take"), v.Holding(BEN, "Reviewer", ago(days=30), "/person", take_url="/take"),
         v.Holding(KIM, "Officer", ago(days=40), "/person", take_url="/take", may_take=v.Verdict(False, "The last officer.", "Make somebody else one first."))),
        (v.Ability("Publish with pictures", "yes", "up to 4, 500 characters; a link counts 23"), v.Ability("Delete our own posts", "yes"),
         v.Ability("Read the comments", "yes"), v.Ability("Hide a reader's comment", "by_hand", "Countersign notes the decision and gives you the address."),
         v.Ability("Delete a reader's comment", "no", "Only its writer or the server's moderators can.")),
        "/accounts", "/grant", PEOPLE, ROLES, needed=2, needed_url="/needed", server="mastodon.example", limits="500 characters, 4 pictures of 16 MB",
        actions=(v.Action("Connect again", "/again"), v.Action("Disconnect", "/bye", tone="danger")),
    )  # fmt: skip


def connect(network: str = "", **more: Any) -> v.Connect:
    """Connecting."""
    return v.Connect("/connect", "/accounts", (
        v.Choice("practice", "Practice network", "On this machine, for trying out: nothing leaves it."),
        v.Choice("mastodon", "Mastodon and what speaks like it", "Any server: you give its address and allow Countersign there."),
        v.Choice("bluesky", "Bluesky", "You give the handle and allow Countersign at its server."),
    ), network, **more)  # fmt: skip


def people() -> v.People:
    """Everybody."""
    return v.People((
        v.PersonRow("/person", ANN, "active", "Author on 2 accounts", ago(minutes=4), "passkey"),
        v.PersonRow("/person", BEN, "active", "Reviewer on 3 accounts", ago(minutes=1), "passkey"),
        v.PersonRow("/person", KIM, "active", "Security officer", ago(hours=1), "passkey"),
        v.PersonRow("/person", MIA, "active", "Moderator", ago(days=1), "password and code"),
        v.PersonRow("/person", SAM, "invited", "Auditor"),
        v.PersonRow("/person", v.Who("Leo Maes"), "left"),
    ), "/invite", "/roster", notice=v.Notice("warn", "There is one security officer", "Until a second is enrolled, one person alone decides who may sign.", "/roster", "What this means"))  # fmt: skip


def person() -> v.PersonPage:
    """Ann."""
    return v.PersonPage(
        ANN, "ann@delinde.example", "active", "/people",
        (v.Holding(ANN, "Author", ago(days=30), account=MASTODON, take_url="/t"), v.Holding(ANN, "Author", ago(days=3), account=PRACTICE, take_url="/t")),
        ("Passkey “Phone”", "Passkey “Laptop”"), "may sign", (v.Event(ago(hours=2), "Submitted a post", "stamp"), v.Event(ago(days=1), "Signed in", "key-round")),
        (v.Action("Suspend", "/s", tone="danger"),), "/grant", (v.Choice("a", "@delinde.example"),), ROLES, ONLY_OFFICERS,
    )  # fmt: skip


def roster() -> v.Roster:
    """Two officers: one asks alone, one entry waits, one was overtaken, and not all is promised yet."""
    unsafe = v.Unsafe(
        ("That somebody can be taken off at once. There are no more than two officers.",),
        (v.Step("Sign the first entry", "Your passkey becomes the first that counts.", "#begin", "Sign it", True),
         v.Step("Make a third person security officer", "Then one may lose everything.", "#add", "Add")),
    )
    alone = v.WaitsAlone(
        "Mia Laurent, “Phone”: Security officer", KIM, ago(hours=1), ahead(hours=71), ahead(days=10), "b81f03c2…44ae09", "/o", "/s", "/o", "/s",
        may_enter=v.Verdict(False, "It may be entered from Saturday."), is_own=True,
    )
    return v.Roster(
        (v.SignerRow(BEN, "Phone", ago(days=20), "phone, the company's"), v.SignerRow(MIA, "Laptop", ago(hours=3), cools_until=ahead(hours=21))),
        (v.SignerRow(KIM, "Key on my ring", ago(days=40), "security key"),), 2, "9f1c77aa03e54bb0d0c41f0e6e2b6a5f8d90b3c6e7a1d4420f9b51c3aa77e210",
        unsafe=unsafe, alone=alone,
        pending=(v.PendingEntry("Put a passkey on the roster", "Tom Schmitz, “Phone”: Security officer", KIM, ago(minutes=10), (KIM,), 2, "b81f03c2…44ae09", "/o", "/s", "/c", lapsed=(BEN,), alone_wait="3 days", alone_options_url="/o", alone_submit_url="/s"),),
        left_behind=(v.LeftBehind("Take a passkey off the roster", "Ben Claes, “Old phone”", KIM, ago(days=1), "overtaken", "Another entry was signed first.", (KIM,), "/again", "/drop"),),
        add_url="/add", people=PEOPLE, roles=(v.Choice("signer", "Signer"), v.Choice("officer", "Officer")),
        wait="One officer can ask alone, and waits 3 days.", wait_url="/wait", waits=(v.Choice("168", "after 1 week"),),
        events=(v.Event(ago(hours=3), "Put a passkey on the roster: Mia Laurent", "stamp", "seal", "signed by Kim Desmet"),), list_url="/people",
    )  # fmt: skip


def sessions() -> v.Sessions:
    """Three places."""
    return v.Sessions((
        v.SessionRow("Firefox on Linux", "Leuven office", ago(hours=2), ago(minutes=0), "/e", is_this=True),
        v.SessionRow("Chrome on Android", "mobile network", ago(hours=7), ago(minutes=12), "/e", icon="smartphone"),
    ), "/others", 15)  # fmt: skip


def security() -> v.Security:
    """Ben's factors."""
    kinds, owners = (v.Choice("computer", "Computer", is_chosen=True), v.Choice("phone", "Phone")), (v.Choice("company", "The company's"), v.Choice("private", "Private"))
    return v.Security((
        v.OwnDevice("Phone", "phone", "private", "asked", ago(days=1), None, "/r", is_synced=True), v.OwnDevice("Key on my ring", "key", "company", "enrolled", ago(days=20), ago(hours=1), "/r", is_this=True),
    ), kinds, owners, False, "/o", "/s", True, "/totp", "/totp/off", 2, "/codes", "/password", "/sessions")  # fmt: skip


def settings_page() -> v.Settings:
    """Kim's settings."""
    return v.Settings(
        "/own", (v.Choice("en", "English", is_chosen=True), v.Choice("nl", "Nederlands")), (v.Choice("Europe/Brussels", "Brussels", is_chosen=True),), "/security", "/sessions",
        (v.Health("ok", "Broker", "It holds the key and answers; its file is whole, 214 entries."), v.Health("warn", "Mail", "No mail server is set, so notices are written to files only. Set COUNTERSIGN_SMTP_HOST."), v.Health("ok", "Worker", "Last seen 4 seconds ago; nothing is overdue.")),
        (v.SettingRow("Organisation", "Brouwerij De Linde", name="COUNTERSIGN_ORGANISATION"), v.SettingRow("Address", "https://countersign.delinde.example", "Passkeys belong to this name.", "COUNTERSIGN_ORIGIN"), v.SettingRow("Recall window", "60 seconds", name="COUNTERSIGN_RECALL_SECONDS")),
        "Countersign 0.1.0",
    )  # fmt: skip


def charter() -> v.Charter:
    """The charter."""
    return v.Charter("Brouwerij De Linde", "How we talk with each other here", "These rules hold under everything we publish. Every comment is read by a person, and a comment that is removed can be traced to a clause.", CLAUSES, "1", ago(days=30),
                     (v.Tab("English", "/x", is_current=True), v.Tab("Nederlands", "/x"), v.Tab("Français", "/x"), v.Tab("Deutsch", "/x")), "Questions about a decision: post@delinde.example")  # fmt: skip


class CodeForm(forms.Form):
    """Stands where allauth's forms stand."""

    login = forms.EmailField()
    password = forms.CharField()
    code = forms.CharField()
    name = forms.CharField()
    secret = "JBSW Y3DP EHPK 3PXP"


SAMPLES: dict[str, tuple[str, str, Callable[[], Any]]] = {
    "home": ("desk/home.html", "My work", home),
    "home-first-day": ("desk/home.html", "My work", first_day),
    "compose": ("posts/compose.html", "Compose", compose),
    "compose-mistakes": ("posts/compose.html", "Compose", lambda: compose(mistakes=True)),
    "compose-reply": ("posts/compose.html", "Comments", lambda: compose(reply=True)),
    "posts": ("posts/list.html", "Posts", posts),
    "review": ("posts/review.html", "Review", review),
    "review-own": ("posts/review.html", "Review", lambda: review(own=True)),
    "post": ("posts/post.html", "Posts", post),
    "comments": ("comments/queue.html", "Comments", queue),
    "comments-list": ("comments/queue.html", "Comments", lambda: queue(detail=False)),
    "comments-none": ("comments/queue.html", "Comments", lambda: v.CommentQueue((), (v.Tab("Waiting", "/x", 0, is_current=True),))),
    "accounts": ("grants/accounts.html", "Accounts", accounts),
    "accounts-none": ("grants/accounts.html", "Accounts", lambda: v.Accounts((), "/connect")),
    "account": ("grants/account.html", "Accounts", account),
    "connect": ("grants/connect.html", "Accounts", connect),
    "connect-mastodon": ("grants/connect.html", "Accounts", lambda: connect("mastodon", server="example", mistakes={"server": "There is no Mastodon server at this address. Look at the address bar when you are signed in there."})),
    "people": ("grants/people.html", "People", people),
    "person": ("grants/person.html", "People", person),
    "invite": ("grants/invite.html", "People", lambda: v.Invite("/invite", "/people", ROLES, (v.Choice("a2", "@delinde@mastodon.example"), v.Choice("a3", "@delinde.example")), (v.Choice("nl", "Dutch"),), mistakes={"email": "This address already belongs to Ann Peeters."})),
    "invite-link": ("grants/invite.html", "People", lambda: v.Invite("/invite", "/people", (), (), (), "Ann", link="https://countersign.delinde.example/invitation/8f0c1e7b2d9a44f6b3e1", ends_at=ahead(days=3))),
    "roster": ("grants/roster.html", "People", roster),
    "sessions": ("people/sessions.html", "Sessions", sessions),
    "security": ("people/security.html", "Sessions", security),
    "enrol": ("people/enrol.html", "", lambda: v.Enrol("Brouwerij De Linde", "Kim Wouters", "ann@delinde.example", "Ann Peeters", "author", "/o", "/s", "/p", "/qr.svg", "JBSW Y3DP EHPK 3PXP")),
    "enrol-mistakes": ("people/enrol.html", "", lambda: v.Enrol("Brouwerij De Linde", "", "", "Kim", "", "/o", "/s", "/p", "/qr.svg", "JBSW Y3DP EHPK 3PXP", is_first_officer=True, mistakes={"code": "This code is not right. Each lasts 30 seconds: wait for the next one.", "password": "Too short: at least 12 characters."})),
    "recovery-codes": ("people/recovery_codes.html", "", lambda: v.RecoveryCodes(tuple(f"{n * 7919 % 100000:05d}-{n * 104729 % 100000:05d}" for n in range(3, 13)), "/")),
    "settings": ("desk/settings.html", "Settings", settings_page),
    "charter": ("charter/charter.html", "Charter", charter),
    "charter-public": ("charter/charter.html", "", charter),
    "login": ("account/login.html", "", lambda: None),
    "authenticate": ("mfa/authenticate.html", "", lambda: None),
    "logout": ("account/logout.html", "", lambda: None),
    "403": ("403.html", "", lambda: None),
    "404": ("404.html", "", lambda: None),
    "409": ("409.html", "", lambda: None),
    "422": ("422.html", "", lambda: None),
    "500": ("500.html", "", lambda: None),
    "502": ("502.html", "", lambda: None),
}


class Message:
    """A message as Django's templates see it."""

    tags = "success"

    def __str__(self) -> str:
        return "Sent back to Ann, with your words."


def pages() -> dict[str, str]:
    """Every sample page as HTML, by name."""
    request = RequestFactory().get("/")
    done = {}
    for name, (template, current, make) in SAMPLES.items():
        context: dict[str, Any] = {
            "request": request, "page": make(), "csrf_token": "token", "form": CodeForm(), "js_data": {"request_options": {}},
            "status": int(name) if name.isdecimal() else 0, "back": "/compose", "totp_svg_data_uri": "/qr.svg",
            "what": "You wrote this post, so you cannot countersign it.", "remedy": "Somebody else who may sign on @delinde@mastodon.example signs it.",
            "messages": [Message()] if name in {"home", "posts"} else [], "reauthentication_alternatives": [],
        }  # fmt: skip
        if current:
            context["frame"] = frame(current)
        done[name] = render_to_string(template, context)
    return done
