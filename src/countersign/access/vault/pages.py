"""What the pages of the vault show. Never a secret: that is handed to its page by the one view that may."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.access.vault import guides, rotating, stating
from countersign.access.vault.checking_out import MINUTES, versions_to_show
from countersign.access.vault.models import Exposure, Rotation, SealedVersion, Secret
from countersign.access.vault.queries import Seen, exposed_to, open_rotations, still_counting
from countersign.access.vault.states import SEEN, SHOWABLE, RotationState, RotationWay, SecretKind
from countersign.access.vault.words import KINDS, ROTATION_WAYS, WAYS, kind_words
from countersign.base.actor import PersonActor
from countersign.people.models import Device, Person
from countersign.web import values
from countersign.web.values import Choice, Verdict, Who

DUES = {"1": timedelta(hours=1), "24": timedelta(hours=24), "168": timedelta(days=7)}
_LATE = frozenset({RotationState.DUE, RotationState.CHANGING, RotationState.BY_HAND})
_UNPROVEN = frozenset({RotationState.UNCONFIRMED, RotationState.CHANGED})
TOLD, SILENT = "told", "silent"  # what came of trying both


# --- lists -----------------------------------------------------------------------------------------------------------


def secrets_page(actor: PersonActor, account: Account, *, at: datetime) -> values.Secrets:
    """`vault/secrets.html`."""
    secrets = list(Secret.objects.filter(account=account, retired_at=None).order_by("kind", "label"))
    rotations = open_rotations(secrets)
    key = Rotation.objects.open().filter(account=account, secret=None).select_related("account").first()
    replace = values.Action(
        gettext("Replace our own key"), reverse("grants:tokens-replace", args=[account.uid]), tone="danger",
        may=_may_replace(actor, account),
    )
    return values.Secrets(
        face(account), reverse("grants:account", args=[account.uid]),
        tuple(_row(secret, rotations.get(secret.pk), at) for secret in secrets),
        reverse("grants:secret-enter", args=[account.uid]), may(actor, Right.SECRET_KEEP, on=account), replace,
        line(key, at) if key else None,
    )


def _may_replace(actor: PersonActor, account: Account) -> Verdict:
    if account.state != AccountState.CONNECTED:
        return Verdict(False, gettext("We hold no key of this account."), gettext("Connect it again."))
    return may(actor, Right.SECRET_ROTATE, on=account)


def _row(secret: Secret, rotation: Rotation | None, at: datetime) -> values.SecretRow:
    version = SealedVersion.objects.current().filter(secret=secret).first()
    counting = still_counting(secret)
    now = {one.person_id: one.person.name for one in counting if one.version.is_current}
    before = {one.person_id: one.person.name for one in counting if one.person_id not in now}
    return values.SecretRow(
        reverse("grants:secret", args=[secret.uid]), kind_words(secret), version.version if version else 0,
        version.current_from if version else None, tuple(Who(name) for name in now.values()),
        line(rotation, at) if rotation else None, secret.is_critical, tuple(Who(name) for name in before.values()),
    )


def line(rotation: Rotation, at: datetime) -> values.RotationLine:
    """A rotation in one line."""
    return values.RotationLine(
        reverse("grants:rotation", args=[rotation.uid]), rotation.state, rotation.due_at, what_of(rotation),
        face(rotation.account), at > rotation.due_at and rotation.state in _LATE,
        rotation.alive_until if rotation.alive_until and at < rotation.alive_until else None,
    )


def what_of(rotation: Rotation) -> str:
    """What is replaced, in words."""
    return kind_words(rotation.secret) if rotation.secret else gettext("Our own key")


# --- one secret ------------------------------------------------------------------------------------------------------


def secret_page(actor: PersonActor, secret: Secret, *, at: datetime) -> values.SecretPage:
    """`vault/secret.html`."""
    versions = list(secret.versions.order_by("-version"))
    current = next((one for one in versions if one.is_current), None)
    counting = {one.pk for one in still_counting(secret)}
    exposures = Exposure.objects.filter(version__secret=secret).select_related("person", "version").order_by("-at", "-pk")
    rotations = Rotation.objects.filter(secret=secret).select_related("account", "secret").order_by("-opened_at")[:10]
    may_keep = may(actor, Right.SECRET_KEEP, on=secret.account)
    away = values.Action(gettext("Put it away"), reverse("grants:secret-retire", args=[secret.uid]), tone="danger", may=may_keep)
    return values.SecretPage(
        kind_words(secret), face(secret.account), reverse("grants:secrets", args=[secret.account.uid]),
        current.version if current else 0, current.current_from if current else None, _uses(actor, secret),
        tuple(_seen_by(one, _devices(exposures), counting) for one in exposures[:50]),
        tuple(_version(one) for one in versions), tuple(line(one, at) for one in rotations),
        reverse("grants:secret-rotate", args=[secret.uid]), may(actor, Right.SECRET_ROTATE, on=secret.account), _dues(secret),
        (away,) if secret.retired_at is None else (), secret.retired_at is not None, secret.is_critical,
    )


def _dues(secret: Secret) -> tuple[Choice, ...]:
    chosen = "1" if secret.is_critical else "24"
    words = {"1": gettext("within the hour"), "24": gettext("within a day"), "168": gettext("within a week")}
    return tuple(Choice(value, label, is_chosen=value == chosen) for value, label in words.items())


def _uses(actor: PersonActor, secret: Secret) -> tuple[values.Use, ...]:
    """The ways in which this secret is used, each with why not."""
    at, account = [secret.uid], secret.account
    enter = values.Use(
        gettext("Enter a new version"), reverse("grants:secret-renew", args=at), "pencil-line", may(actor, Right.SECRET_KEEP, on=account)
    )
    if secret.retired_at is not None:
        return (enter,)
    if secret.kind == SecretKind.TOTP_SEED:
        verdict = may(actor, Right.SECRET_USE_CODE, on=account)
        return (values.Use(gettext("Get a code"), reverse("grants:secret-code", args=at), "clock", verdict, "primary"), enter)
    verdict = may(actor, Right.SECRET_CHECK_OUT, on=account)
    if secret.kind not in SHOWABLE:
        verdict = Verdict(False, gettext("Tokens are used by the program alone."), gettext("Nobody is ever shown one."))
    alone = values.Use(gettext("Break the glass"), reverse("glass:new", args=at), "siren", verdict)
    return (values.Use(gettext("Check it out"), reverse("grants:secret-check-out", args=at), "eye", verdict, "primary"), enter, alone)


def _devices(exposures: Iterable[Exposure]) -> dict[str, str]:
    uids = {one.device for one in exposures if one.device}
    return {str(device.uid): device.name for device in Device.objects.filter(uid__in=uids)}


def _seen_by(one: Exposure, devices: dict[str, str], counting: Collection[int]) -> values.SeenBy:
    is_current = one.version.is_current
    return values.SeenBy(
        Who(one.person.name), reverse("grants:exposures", args=[one.person.uid]), gettext(WAYS[one.way]), one.version.version,
        one.at, one.purpose, devices.get(str(one.device), ""),
        is_current, one.way in SEEN, not is_current and one.pk in counting,
    )


def _version(one: SealedVersion) -> values.VersionRow:
    state = "retired" if one.ended_at else "active" if one.current_from else "waiting"
    return values.VersionRow(one.version, one.made_at, state, one.ended_at)


def entry_page(
    account: Account, secret: Secret | None = None, *, kind: str = "", label: str = "", mistakes: dict[str, str] | None = None
) -> values.SecretEntry:
    """`vault/enter.html`; what was typed as the secret never comes back."""
    if secret:
        url, back = reverse("grants:secret-renew", args=[secret.uid]), reverse("grants:secret", args=[secret.uid])
    else:
        url, back = reverse("grants:secret-enter", args=[account.uid]), reverse("grants:secrets", args=[account.uid])
    kinds = tuple(Choice(one.value, gettext(KINDS[one]), is_chosen=one == kind) for one in SecretKind)
    return values.SecretEntry(
        url, back, face(account), () if secret else kinds, kind_words(secret) if secret else "", label,
        lines=(secret.kind if secret else kind) == SecretKind.RECOVERY_CODES, mistakes=mistakes or {},
    )


def code_page(secret: Secret, *, purpose: str = "", mistakes: dict[str, str] | None = None) -> values.CodePage:
    """`vault/code.html` before a code is given."""
    at = [secret.uid]
    return values.CodePage(
        kind_words(secret), face(secret.account), reverse("grants:secret-code", args=at), reverse("grants:secret", args=at),
        purpose=purpose, mistakes=mistakes or {},
    )


def check_out_page(
    actor: PersonActor, secret: Secret, *, reason: str = "", mistakes: dict[str, str] | None = None
) -> values.CheckOutPage:
    """`vault/check_out.html`."""
    at = [secret.uid]
    words = {15: gettext("a quarter of an hour"), 60: gettext("an hour"), 240: gettext("four hours")}
    others = [person for person in gate.holders(Right.SECRET_KEEP, on=secret.account) if str(person.uid) != actor.uid]
    return values.CheckOutPage(
        kind_words(secret), face(secret.account), reverse("grants:secret-check-out", args=at), reverse("grants:secret", args=at),
        tuple(Choice(str(n), words[n], is_chosen=n == 60) for n in MINUTES), tuple(Who(person.name) for person in others),
        len(versions_to_show(secret)) > 1, reason, mistakes or {},
    )


def show_page(secret: Secret, proposal_uid: object, verdict: Verdict) -> values.ShowPage:
    """`vault/show.html` before it is shown."""
    url = reverse("grants:secret-show", args=[secret.uid, proposal_uid])
    return values.ShowPage(kind_words(secret), face(secret.account), url, reverse("grants:secret", args=[secret.uid]), verdict)


def shown_texts(secret: Secret, texts: Sequence[tuple[int, str]]) -> tuple[values.ShownText, ...]:
    """What is shown once, named where there are two."""
    if len(texts) == 1:
        return (values.ShownText("", texts[0][1]),)
    newest = max(number for number, _text in texts)
    return tuple(
        values.ShownText(gettext("New, to be set") if number == newest else gettext("Old, to sign in with"), text)
        for number, text in texts
    )


# --- rotations -------------------------------------------------------------------------------------------------------


def rotation_page(
    actor: PersonActor, rotation: Rotation, *, at: datetime, tried: str = "", mistakes: dict[str, str] | None = None
) -> values.RotationPage:
    """`vault/rotation.html`. `tried` says that both have just been tried: whether the network has told something."""
    secret, may_rotate = rotation.secret, may(actor, Right.SECRET_ROTATE, on=rotation.account)
    wants_code = rotation.state == RotationState.CHANGING and rotation.way == RotationWay.BY_MAIL and rotation.changed_at is None
    by_hand = rotation.state == RotationState.BY_HAND
    guide = guides.steps(rotation) if by_hand else ()
    return values.RotationPage(
        what_of(rotation), face(rotation.account), rotation.state, gettext(rotation.why), rotation.due_at, rotation.opened_at,
        reverse("grants:secrets", args=[rotation.account.uid]), _stages(rotation, at),
        () if wants_code else _actions(rotation, may_rotate), guide, guides.address(rotation) if by_hand else "",
        _came_of_it(rotation, tried) if tried else _notice(rotation, at), wants_code, reverse("grants:rotation-begin", args=[rotation.uid]), may_rotate,
        reverse("grants:secret-check-out", args=[secret.uid]) if by_hand and secret and rotation.new_id else "",
        reverse("grants:secret-renew", args=[secret.uid]) if by_hand and secret and not rotation.new_id else "",
        at > rotation.due_at and rotation.state in _LATE, _proof(rotation), mistakes or {},
        reverse("grants:rotation-state", args=[rotation.uid]) if stating.can_be_stated(rotation, at) else "",
        "stated" in rotation.evidence,
    )


def _actions(rotation: Rotation, verdict: Verdict) -> tuple[values.Action, ...]:
    at = [rotation.uid]
    begin, prove = reverse("grants:rotation-begin", args=at), reverse("grants:rotation-prove", args=at)
    match rotation.state:
        case RotationState.DUE:
            return (values.Action(gettext("Replace it now"), begin, tone="primary", may=verdict),)
        case RotationState.CHANGING:
            return (values.Action(gettext("Go on"), begin, tone="primary", may=verdict),)
        case RotationState.UNCONFIRMED if rotation.changed_at is None:
            return (values.Action(gettext("Look again"), begin, tone="primary", may=verdict),)
        case RotationState.BY_HAND if rotation.new_id:
            return (values.Action(gettext("I have changed it there"), reverse("grants:rotation-done", args=at), tone="primary", may=verdict),)
        case RotationState.UNCONFIRMED | RotationState.CHANGED if rotating.can_be_asked(rotation):
            return (values.Action(gettext("Try both now"), prove, may=verdict),)
    return ()


def _notice(rotation: Rotation, at: datetime) -> values.Notice | None:
    if rotation.alive_until and at < rotation.alive_until and rotation.changed_at:
        return values.Notice(
            "warn", gettext("Something of the old one lives on"),
            gettext("What was signed in with it before goes on until {moment} UTC: this network cannot end that. It is proven then.")
            .format(moment=f"{rotation.alive_until:%H:%M}"),
        )  # fmt: skip
    if rotation.trouble:
        return values.Notice("bad", gettext("It did not go through"), gettext(rotation.trouble))
    if rotation.changed_at and rotation.state in _UNPROVEN and not rotating.can_be_asked(rotation):
        return values.Notice("info", gettext("This network cannot be asked"), gettext("Its own mail proves the change, once it comes."))
    return None


def _came_of_it(rotation: Rotation, tried: str) -> values.Notice:
    """What trying both has shown; whatever the address says, only what is kept counts as proven."""
    if rotation.state == RotationState.CONFIRMED:
        return values.Notice("ok", gettext("It is proven"), gettext("The network was asked: the new one opens, the old one does not."))
    if tried == TOLD and "at" in rotation.evidence:
        return values.Notice("warn", gettext("It is not proven yet"), gettext("The network was asked. What it said stands below."))
    return values.Notice("warn", gettext("It is not proven yet"), gettext("The network could not be asked just now, or told nothing. Try it again later."))


def _stages(rotation: Rotation, at: datetime) -> tuple[values.Stage, ...]:
    state, by = rotation.state, gettext(ROTATION_WAYS[rotation.way]) if rotation.way else ""
    is_changed = rotation.changed_at is not None
    return (
        values.Stage(gettext("Opened"), gettext(rotation.why), True, state == RotationState.DUE, rotation.opened_at),
        values.Stage(gettext("Made in the vault"), gettext("written down by the broker before the network is asked"), rotation.new_id is not None, state == RotationState.CHANGING and not rotation.new_id),
        values.Stage(
            gettext("Changed at the network"), by, is_changed, not is_changed and state not in {RotationState.DUE}, rotation.changed_at
        ),
        values.Stage(
            *_proven(rotation),
            state == RotationState.CONFIRMED, is_changed and state != RotationState.CONFIRMED,
            rotation.state_since if state == RotationState.CONFIRMED else None,
        ),
    )  # fmt: skip


def _proven(rotation: Rotation) -> tuple[str, str]:
    if "stated" in rotation.evidence:
        return gettext("Stated by two"), gettext("not proven by the network")
    return gettext("Proven"), gettext("the new one signs in, the old one does not; or the network's own mail")


def _proof(rotation: Rotation) -> tuple[values.Event, ...]:
    found, evidence = [], rotation.evidence
    if "at" in evidence:
        at = datetime.fromisoformat(evidence["at"])
        good, bad = gettext("The new one works."), gettext("The new one does not work.")
        is_new, is_old = evidence.get("new_opens"), evidence.get("old_opens")
        found.append(values.Event(at, good if is_new else bad, "circle-check" if is_new else "circle-x", "ok" if is_new else "bad"))
        dead, alive = gettext("The old one is refused."), gettext("The old one still works.")
        found.append(values.Event(at, alive if is_old else dead, "circle-x" if is_old else "ban", "bad" if is_old else "ok"))
    if mail := evidence.get("mail"):
        found.append(values.Event(datetime.fromisoformat(mail["received_at"]), gettext("The network's own mail says so."), "mail", "ok"))
    if stated := evidence.get("stated"):
        words = gettext("{name} stated that the old one is dead, and {other} signed it.").format(name=stated["by"], other=stated["and"])
        found.append(values.Event(datetime.fromisoformat(stated["at"]), words, "users", "warn", stated["words"]))
    return tuple(found)


# --- one person ------------------------------------------------------------------------------------------------------


def exposures_page(person: Person, accounts: Iterable[Account], *, at: datetime) -> values.Exposures:
    """`vault/exposures.html`: of the accounts that the reader may see."""
    visible = {account.pk for account in accounts}
    past = Exposure.objects.filter(person=person, version__secret__account__in=visible)
    rows = list(past.select_related("person", "version__secret__account").order_by("-at", "-pk")[:100])
    known = [seen for seen in exposed_to(person) if seen.secret.account_id in visible]
    counting = set(past.that_still_count().values_list("pk", flat=True))
    return values.Exposures(
        Who(person.name), reverse("grants:person", args=[person.uid]), tuple(_known(seen, at) for seen in known),
        tuple(_past(one, _devices(rows), counting) for one in rows),
    )


def _past(one: Exposure, devices: dict[str, str], counting: Collection[int]) -> values.SeenBy:
    said = _seen_by(one, devices, counting)
    words = f"{kind_words(one.version.secret)} · {one.version.secret.account.handle}"
    return values.SeenBy(
        Who(words), reverse("grants:secret", args=[one.version.secret.uid]), said.way, said.version, said.at, said.purpose,
        said.device, said.is_current, said.counts, said.may_open,
    )  # fmt: skip


def _known(seen: Seen, at: datetime) -> values.KnownSecret:
    return values.KnownSecret(
        reverse("grants:secret", args=[seen.secret.uid]), kind_words(seen.secret), face(seen.secret.account),
        ", ".join(gettext(WAYS[way]) for way in seen.ways), seen.last_at, seen.secret.is_critical,
        line(seen.rotation, at) if seen.rotation else None, seen.is_current,
    )


# --- my work ---------------------------------------------------------------------------------------------------------


def alerts(actor: PersonActor, *, at: datetime) -> list[values.Notice]:
    """Rotations that this person could carry out, and that wait for a person, are overdue, or are not proven; the most urgent
    first."""
    rows = Rotation.objects.open().filter(account__in=gate.accounts(actor, Right.SECRET_ROTATE))
    rows = rows.select_related("account", "secret").order_by("due_at")
    return [_alert(one, at) for one in [*rows.filter(state__in=_LATE)[:5], *rows.exclude(state__in=_LATE)[:5]]]


def _alert(rotation: Rotation, at: datetime) -> values.Notice:
    waits = rotation.state in _LATE
    late, text = waits and at > rotation.due_at, gettext(rotation.why)
    if late:
        words = gettext("Overdue: replace {what} of {handle}")
    elif waits:
        words = gettext("To be replaced: {what} of {handle}")
    else:
        words, text = gettext("Not proven yet: {what} of {handle}"), gettext("The old one may still open the account.")
    title = words.format(what=what_of(rotation), handle=rotation.account.handle)
    url = reverse("grants:rotation", args=[rotation.uid])
    return values.Notice("bad" if late else "warn", title, text, url, gettext("To its rotation"))
