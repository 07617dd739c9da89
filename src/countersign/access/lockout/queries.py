"""What pages show of losses, locks, cases, drills and keys."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.queries import may
from countersign.access.grants.rights import Right
from countersign.access.lockout import rules
from countersign.access.lockout.models import App, Card, Case, Drill, Guesses, SignOut
from countersign.access.lockout.rules import Target
from countersign.access.lockout.states import (
    ELSEWHERE,
    KEY_PURPOSES,
    NETWORKS,
    ORDER,
    SIGN_OUT,
    STEP_WORDS,
    WAY_WORDS,
    StepKind,
    Way,
)
from countersign.access.lockout.words import what
from countersign.base.actor import PersonActor
from countersign.base.errors import Refused
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.people.models import ApiKey, Device, Lock, Person, Session
from countersign.people.states import DeviceState, LockKind, LockState, PersonState
from countersign.review.models import Proposal
from countersign.web import values

_SALT = "countersign.access.lockout.case"
_SHOWN_FOR = 2 * 3600  # seconds in which whoever has just locked may look how far it is
_LIFTED_SHOWN = 50
_LATELY = timedelta(hours=1)


# --- losing something -------------------------------------------------------------------------------------------------


def languages(current: str) -> tuple[tuple[str, str, bool], ...]:
    """The four languages to choose from."""
    return tuple((code, name, code == current) for code, name in settings.LANGUAGES)


def lost_page(
    actor: object, language: str, *, typed: dict[str, str] | None = None, mistakes: dict[str, str] | None = None, way: str = ""
) -> values.Lost:
    """`lockout/lost.html`."""
    page = values.Lost(
        reverse("lockout:lost-card"), reverse("lockout:lost-owner"), reverse("lockout:lost-passkey"), languages(language),
        language=language, sign_in_url=f"{reverse('account_login')}?next={reverse('lockout:lost')}", typed=typed or {},
        mistakes=mistakes or {}, open_way=way,
    )  # fmt: skip
    if not isinstance(actor, PersonActor):
        return page
    devices = Device.objects.filter(person__uid=actor.uid, state__in=[DeviceState.ASKED, DeviceState.ENROLLED]).order_by("asked_at")
    return values.Lost(
        page.card_url, page.owner_url, page.passkey_url, page.languages, language=language, is_signed_in=True,
        own_url=reverse("lockout:lost-own"), colleague_url=reverse("lockout:lost-colleague"), home_url=reverse("home"),
        devices=tuple(values.LostDevice(str(d.uid), d.name, str(d.uid) == actor.device) for d in devices),
        names=_colleagues(actor), typed=page.typed, mistakes=page.mistakes, open_way=way,
    )


def _colleagues(actor: PersonActor) -> tuple[str, ...]:
    """Names to choose from, for whoever has a role here; somebody without one has to know whom they mean."""
    if not gate.rights_anywhere(actor):
        return ()
    people = Person.objects.filter(state=PersonState.ACTIVE).exclude(uid=actor.uid)
    return tuple(people.order_by("name").values_list("name", flat=True))


def colleague(typed: str) -> list[Person]:
    """The people somebody means by a mail address or a name, who are not gone."""
    text = typed.strip()
    known = Person.objects.exclude(state=PersonState.LEFT)
    return list(known.filter(Q(email__iexact=text) | Q(name__iexact=text))[:3]) if text else []


def ticket(case: Case) -> str:
    """What lets whoever has just locked look at the clock for two hours, and at nothing else."""
    return signing.dumps(str(case.uid), salt=_SALT)


def case_of(text: str) -> Case:
    """The case of a ticket; Refused for one that is none, or is too old."""
    try:
        uid = signing.loads(text, salt=_SALT, max_age=_SHOWN_FOR)
    except signing.BadSignature as error:
        raise Refused(_("This page was shown for two hours."), remedy=_("Ask a security officer how it stands.")) from error
    return Case.objects.get(uid=uid)


def lost_case_page(case: Case, text: str, language: str, *, at: datetime) -> values.LostCase:
    """`lockout/lost_case.html`: the clock, and no name but that of whom it concerns."""
    lock = Lock.objects.filter(hold__case=case).order_by("pk").first()
    clock = clock_of(case, reverse("lockout:lost-case", args=[text]), at=at)
    return values.LostCase(what(lock) if lock else "", case.begun_at or case.since, clock, languages(language), language)


# --- cases ------------------------------------------------------------------------------------------------------------


def clock_of(case: Case, url: str, *, at: datetime) -> values.LockClock:
    """How far a case is, step by step, each with its time since the lock began."""
    begun = case.begun_at
    steps = {StepKind(step.kind): step for step in case.steps.all()}
    shown = tuple(
        values.LockStep(
            gettext(STEP_WORDS[kind]), since(begun, step.done_at), step.count, gettext(step.note) if step.note else "",
            is_done=step.done_at is not None,
        )
        for kind in ORDER
        if (step := steps.get(kind))
    )
    only_people = all(step.done_at or step.kind == StepKind.APPS for step in steps.values())
    is_ticking = case.cancelled_at is None and case.done_at is None and not only_people
    end = case.done_at if case.done_at else at
    return values.LockClock(
        shown, url, is_ticking, begun or case.since, since(begun, end), is_begun=begun is not None, is_done=case.done_at is not None,
        is_answered=case.answered_at is not None,
    )


def since(begun: datetime | None, done: datetime | None) -> str:
    """The time from one moment to another in words: 0.4 s, 12 s, 3 min 5 s, 2 h 10 min; empty before it is known."""
    if begun is None or done is None:
        return ""
    seconds = max(0.0, (done - begun).total_seconds())
    if seconds < 10:
        return gettext("{n} s").format(n=f"{seconds:.1f}")
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return gettext("{m} min {n} s").format(m=minutes, n=rest) if minutes else gettext("{n} s").format(n=rest)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return gettext("{h} h {m} min").format(h=hours, m=minutes)
    return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)


def locks_page(actor: PersonActor, *, at: datetime) -> values.Locks:
    """`lockout/list.html`."""
    cases = list(Case.objects.select_related("opener").prefetch_related("holds__lock").order_by("-opened_at")[:500])
    rows = [(case, _row(case, at)) for case in cases]
    standing = tuple(row for _case, row in rows if row.state != LockState.LIFTED)
    lifted = tuple(row for _case, row in rows if row.state == LockState.LIFTED)[:_LIFTED_SHOWN]
    guesses = Guesses.objects.filter(where="", since__gt=at - _LATELY).values_list("count", flat=True)
    due, is_late = drill_due(at)
    return values.Locks(
        standing, lifted, reverse("lockout:new"), reverse("lockout:drills"), may(actor, Right.LOCK_SET, on=None),
        wrong_codes=sum(guesses), drill_due=due, is_drill_late=is_late,
    )


def _row(case: Case, at: datetime) -> values.LockRow:
    locks = [hold.lock for hold in case.holds.all()]
    return values.LockRow(
        reverse("lockout:case", args=[case.uid]), named(locks), case.reason, gettext(WAY_WORDS[Way(case.way)]), _by(case),
        case.begun_at or case.since, state_of(case, locks, at),
    )


def named(locks: Iterable[Lock]) -> str:
    """What a case locks, in one line: the first three by name."""
    names = [what(lock) for lock in list(locks)[:3]]
    more = len(list(locks)) - len(names)
    line = ", ".join(names)
    return gettext("{names} and {count} more").format(names=line, count=more) if more > 0 else line


def _by(case: Case) -> str:
    if case.opener:
        return case.opener.name
    if case.opened_by.startswith("key:"):
        key = ApiKey.objects.filter(uid__in=known_uuids([case.opened_by.removeprefix("key:")])).first()
        return key.name if key else ""
    return "Countersign" if case.opened_by.startswith("duty:") else ""


def state_of(case: Case, locks: Iterable[Lock], at: datetime) -> str:
    """Where a case stands: planned, locked, lifting, lifted."""
    if all(lock.state == LockState.LIFTED for lock in locks):
        return LockState.LIFTED
    if Proposal.objects.open(at).filter(act="lock.lift", matter=case.label).exists():
        return LockState.LIFTING
    return "planned" if case.begun_at is None and case.since > at else LockState.LOCKED


def case_page(actor: PersonActor, case: Case, *, at: datetime, mistake: str = "") -> values.LockCase:
    """`lockout/case.html`."""
    locks = [hold.lock for hold in case.holds.select_related("lock").order_by("pk")]
    state = state_of(case, locks, at)
    proposal = Proposal.objects.open(at).filter(act="lock.lift", matter=case.label).first()
    may_set, may_follow = may(actor, Right.LOCK_SET, on=None), may(actor, Right.LOCK_FOLLOW, on=None)
    unplan = values.Action(gettext("Take it back"), reverse("lockout:unplan", args=[case.uid]), tone="ghost", may=may_set)
    is_of_departure = case.waits_for_departure(at)
    lifted = [lock.lifted_at for lock in locks if lock.lifted_at]
    return values.LockCase(
        named(locks), state, tuple(values.LockedThing(what(lock), lock.state) for lock in locks), case.reason,
        gettext(WAY_WORDS[Way(case.way)]), _by(case), case.opened_at,
        clock_of(case, reverse("lockout:clock", args=[case.uid]), at=at), reverse("lockout:locks"),
        tasks=tuple(_task(task, may_follow) for task in case.sign_outs.select_related("app__device", "app__account", "done_by").order_by("pk")),
        lift_url=reverse("lockout:lift", args=[case.uid]) if state in {LockState.LOCKED, "planned"} and not is_of_departure else "",
        may_lift=may(actor, Right.LOCK_LIFT, on=None), proposal_url=reverse("proposal", args=[proposal.uid]) if proposal else "",
        unplan=unplan if state == "planned" and not is_of_departure else None,
        departures_url=reverse("departures:list") if state == "planned" and is_of_departure else "",
        lifted_at=max(lifted) if lifted and state == LockState.LIFTED else None, mistake=mistake,
    )  # fmt: skip


def _task(task: SignOut, may_follow: values.Verdict) -> values.SignOutTask:
    tick = values.Action(gettext("It is signed out"), reverse("lockout:sign-out", args=[task.uid]), may=may_follow)
    return values.SignOutTask(
        app_label(task.app), task.app.device.name, gettext(SIGN_OUT.get(task.app.network, ELSEWHERE)),
        action=None if task.done_at else tick, done_by=values.Who(task.done_by.name) if task.done_by else None, done_at=task.done_at,
    )


def app_label(app: App) -> str:
    """A network's app and the account in it."""
    account = app.account.handle if app.account else app.handle
    name = gettext(NETWORKS.get(app.network, app.network))
    return f"{name} · {account}" if account else name


# --- locking ----------------------------------------------------------------------------------------------------------


def new_page(
    *, chosen: Iterable[str] = (), reason: str = "", day: str = "", hour: str = "", mistakes: dict[str, str] | None = None
) -> values.NewLock:
    """`lockout/new.html`. `chosen` are values such as `person:<uid>`."""
    marked = frozenset(chosen)

    def choice(value: str, label: str, help_text: str = "") -> values.Choice:
        return values.Choice(value, label, help_text, is_chosen=value in marked)

    people = Person.objects.exclude(state=PersonState.LEFT).order_by("name")
    devices = Device.objects.exclude(state__in=[DeviceState.REFUSED, DeviceState.RETIRED]).select_related("person")
    accounts = Account.objects.order_by("network", "handle")
    live = Session.objects.filter(person__isnull=False, ended_at=None, ends_at__gt=timezone.now()).select_related("person")
    return values.NewLock(
        reverse("lockout:new"), reverse("lockout:locks"),
        tuple(choice(f"person:{p.uid}", p.name, p.email) for p in people),
        tuple(choice(f"device:{d.uid}", d.name, d.person.name) for d in devices.order_by("person__name", "name")),
        tuple(choice(f"session:{s.uid}", s.browser or s.address, s.person.name) for s in live.order_by("person__name", "created_at") if s.person),
        tuple(choice(f"account:{a.uid}", a.handle, gettext(NETWORKS.get(a.network, a.network))) for a in accounts),
        tuple(choice(f"network:{name}", gettext(NETWORKS.get(name, name))) for name in sorted({a.network for a in accounts})),
        is_everything="everything" in marked, reason=reason, since_day=day, since_hour=hour, zone=settings.TIME_ZONE,
        mistakes=mistakes or {},
    )


def targets_of(chosen: Iterable[str]) -> list[Target]:
    """The targets a form or a program names: `person:<uid>`, `network:mastodon`, `everything`; what is none is left away."""
    found = []
    for text in chosen:
        kind, _colon, rest = text.partition(":")
        if text == LockKind.EVERYTHING:
            found.append(Target(LockKind.EVERYTHING))
        elif kind == LockKind.NETWORK and rest:
            found.append(Target(LockKind.NETWORK, network=rest[:40]))
        elif kind in {LockKind.PERSON, LockKind.DEVICE, LockKind.SESSION, LockKind.ACCOUNT} and (uids := known_uuids([rest])):
            found.append(Target(LockKind(kind), str(uids[0])))
    return found


# --- cards, apps, drills, keys ----------------------------------------------------------------------------------------


def card_page(person: Person, *, code: str = "") -> values.LockCard:
    """`lockout/card.html`."""
    card = Card.objects.filter(person=person, ended_at=None).first()
    return values.LockCard(
        reverse("lockout:card"), reverse("security"), person.name, settings.ORGANISATION,
        f"{settings.ORIGIN}{reverse('lockout:lost')}", code=code, made_at=card.made_at if card else None,
    )


def apps_page(device: Device, *, mistakes: dict[str, str] | None = None) -> values.DeviceApps:
    """`lockout/apps.html`."""
    apps = App.objects.filter(device=device, ended_at=None).select_related("account").order_by("network", "pk")
    rows = tuple(
        values.DeviceAppRow(
            app_label(app), app.recorded_at,
            values.Action(gettext("It is signed out"), reverse("lockout:app-end", args=[app.uid]), tone="ghost"),
        )
        for app in apps
    )
    accounts = Account.objects.order_by("network", "handle")
    other = values.Choice("", gettext("Another account, or a private one"))
    return values.DeviceApps(
        device.name, device.person.name, reverse("lockout:apps", args=[device.uid]), reverse("lockout:locks"), rows,
        tuple(values.Choice(name, gettext(label)) for name, label in NETWORKS.items()),
        (other, *(values.Choice(str(a.uid), f"{a.handle} · {gettext(NETWORKS.get(a.network, a.network))}") for a in accounts)),
        mistakes=mistakes or {},
    )


def drill_due(at: datetime) -> tuple[str, bool]:
    """When the next drill is due, in words, and whether that is past."""
    last = Drill.objects.order_by("-drilled_at").first()
    if last is None:
        return gettext("none has been held yet"), True
    due = last.drilled_at + rules.DRILL_EVERY
    return f"{timezone.localtime(due):%Y-%m-%d}", due <= at


def drills_page(actor: PersonActor, *, at: datetime, mistakes: dict[str, str] | None = None) -> values.Drills:
    """`lockout/drills.html`."""
    rows = tuple(_drill(one) for one in Drill.objects.select_related("officer", "case").order_by("-drilled_at")[:100])
    people = Person.objects.filter(state=PersonState.ACTIVE).exclude(uid=actor.uid).order_by("name")
    devices = Device.objects.filter(state=DeviceState.ENROLLED).exclude(uid__in=[actor.device] if actor.device else []).select_related("person")
    targets = [values.Choice(f"device:{d.uid}", f"{d.name} · {d.person.name}") for d in devices.order_by("name")]
    targets += [values.Choice(f"person:{p.uid}", p.name) for p in people]
    due, is_late = drill_due(at)
    return values.Drills(
        rows, reverse("lockout:drills"), reverse("lockout:locks"), tuple(targets), due, is_late,
        may(actor, Right.LOCK_FOLLOW, on=None), mistakes or {},
    )


def _drill(one: Drill) -> values.DrillRow:
    locks = Lock.objects.filter(hold__case=one.case)
    return values.DrillRow(
        one.drilled_at, values.Who(one.officer.name), named(locks), reverse("lockout:case", args=[one.case.uid]),
        f"{one.refused_after:.0f}", f"{one.answered_after:.0f}", is_good=one.refused_after <= 1000,
    )


def keys_page(*, at: datetime, text: str = "", name: str = "", mistakes: dict[str, str] | None = None) -> values.ProgramKeys:
    """`lockout/keys.html`."""
    keys = ApiKey.objects.select_related("made_by").order_by("-made_at")[:100]
    purposes = tuple(values.Choice(word, gettext(label)) for word, label in KEY_PURPOSES.items())
    return values.ProgramKeys(
        tuple(_key(key, at) for key in keys), reverse("lockout:keys"), reverse("settings"), purposes,
        f"{settings.ORIGIN}{reverse('lockout:api')}", text=text, name=name, mistakes=mistakes or {},
    )


def _key(key: ApiKey, at: datetime) -> values.ProgramKeyRow:
    is_over = key.ended_at is not None or (key.expires_at is not None and key.expires_at <= at)
    end = values.Action(gettext("End it"), reverse("lockout:key-end", args=[key.uid]), tone="danger")
    return values.ProgramKeyRow(
        key.name, gettext(KEY_PURPOSES.get(key.purpose, key.purpose)), values.Who(key.made_by.name), key.made_at,
        key.ended_at or key.expires_at, key.last_used_at, is_over, None if is_over else end,
    )
