"""What pages show of departures."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from countersign.access.departures import certificate, left, opening, personnel, rules
from countersign.access.departures.departing import Leaving
from countersign.access.departures.hooks import Kept
from countersign.access.departures.left import Left
from countersign.access.departures.models import Departure, Task
from countersign.access.departures.states import (
    ANSWER_WORDS,
    TASK_HELP,
    TASK_WORDS,
    WAY_WORDS,
    WHERE,
    Answer,
    DepartureState,
    TaskKind,
    Way,
    answers,
)
from countersign.access.devices.queries import on_roster
from countersign.access.grants import gate
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.access.grants.roles import role_name
from countersign.access.lockout.models import Case, SignOut, Step
from countersign.access.lockout.queries import app_label, clock_of
from countersign.access.lockout.states import ELSEWHERE, NETWORKS, SIGN_OUT, STEP_WORDS, StepKind
from countersign.access.vault.models import Rotation, Secret
from countersign.access.vault.words import KINDS, kind_words, quoted
from countersign.base.actor import PersonActor
from countersign.base.errors import CountersignError
from countersign.base.values import known_uuids
from countersign.people.models import Credential, Person
from countersign.people.states import PersonState
from countersign.review.models import RosterProposal
from countersign.review.states import EntryState
from countersign.web import values
from countersign.web.errors import said
from countersign.web.values import Action, Choice, LeftLine, Notice, Who

_SHOWN = 100  # departures in each part of the list
_SOON = timedelta(days=7)


# --- the list ---------------------------------------------------------------------------------------------------------


def list_page(actor: PersonActor, *, at: datetime) -> values.Departures:
    """`departures/list.html`."""
    rows = Departure.objects.select_related("person", "heir", "planner")
    open_ones = list(rows.filter(state=DepartureState.OPEN).order_by("-opened_at", "pk")[:_SHOWN])
    planned = rows.filter(state=DepartureState.PLANNED).order_by("starts_at", "pk")[:_SHOWN]
    over = rows.filter(state__in=[DepartureState.CLOSED, DepartureState.CANCELLED]).order_by("-state_since", "-pk")[:_SHOWN]
    lists = left.left(open_ones, on_roster=on_roster())
    return values.Departures(
        tuple(_row(one, lists[one.pk], at) for one in open_ones), tuple(_row(one, (), at) for one in planned),
        tuple(_row(one, (), at) for one in over), reverse("departures:new"), reverse("departures:file"),
        may(actor, Right.DEPARTURE_PLAN, on=None),
    )


def _row(departure: Departure, those: Sequence[Left], at: datetime) -> values.DepartureRow:
    line = gettext(WAY_WORDS[Way(departure.way)])
    if departure.heir:
        line = f"{line} · " + gettext("{name} takes over").format(name=departure.heir.name)
    return values.DepartureRow(
        _url(departure), Who(departure.person.name), departure.state, departure.starts_at, line, len(those),
        sum(one.due_at is not None and one.due_at < at for one in those),
    )


def _url(departure: Departure) -> str:
    return reverse("departures:departure", args=[departure.uid])


def alerts(actor: PersonActor, *, at: datetime) -> list[Notice]:
    """What of departures waits for an officer: lists that are not empty, and ends of guests that are near."""
    if not gate.may(actor, Right.DEPARTURE_FOLLOW, on=None).allowed:
        return []
    rows = Departure.objects.select_related("person").exclude(person__uid=actor.uid)
    open_ones = list(rows.filter(state=DepartureState.OPEN).order_by("opened_at", "pk")[:_SHOWN])
    found = []
    if open_ones:
        lists = left.left(open_ones, on_roster=on_roster())
        late = sum(one.due_at is not None and one.due_at < at for those in lists.values() for one in those)
        found += [_alert(open_ones, sum(map(len, lists.values())), late)]
    guests = rows.filter(state=DepartureState.PLANNED, way=Way.GUEST, starts_at__gt=at, starts_at__lte=at + _SOON)
    for departure in guests.order_by("starts_at")[:5]:
        title = gettext("{name}, a guest, ends on {when}").format(name=departure.person.name, when=_when(departure.starts_at))
        found.append(Notice("info", title, gettext("An officer can let them stay longer."), _url(departure), gettext("To the departure")))
    return found


def _alert(open_ones: Sequence[Departure], count: int, late: int) -> Notice:
    url = _url(open_ones[0]) if len(open_ones) == 1 else reverse("departures:list")
    title = ngettext("{n} departure is open", "{n} departures are open", len(open_ones)).format(n=len(open_ones))
    text = ngettext("{n} thing is left to do.", "{n} things are left to do.", count).format(n=count)
    if not count:
        text = gettext("Nothing is left: close it.")
    if late:
        text = f"{text} " + ngettext("{n} is past its time.", "{n} are past their time.", late).format(n=late)
    return Notice("bad" if late else "warn", title, text, url, gettext("To the list"))


def _when(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")


# --- planning ---------------------------------------------------------------------------------------------------------


def under_way(person: str) -> Departure | None:
    """The departure of this person, by their UUID, that is planned or open."""
    return Departure.objects.under_way().filter(person__uid__in=known_uuids([person])).first()


def plan_page(actor: PersonActor, typed: Mapping[str, str], *, mistakes: Mapping[str, str] | None = None) -> values.PlanDeparture:
    """`departures/new.html`, with what was typed."""
    leaving = set(Departure.objects.under_way().values_list("person_id", flat=True))
    known = [one for one in Person.objects.exclude(state=PersonState.LEFT).order_by("name", "pk") if one.pk not in leaving]
    people = [one for one in known if str(one.uid) != actor.uid]
    chosen = typed.get("person", "")
    return values.PlanDeparture(
        reverse("departures:new"), reverse("departures:list"),
        (Choice("", gettext("Choose who leaves")), *(_choice(one, chosen) for one in people)),
        _heirs([one for one in known if one.state == PersonState.ACTIVE], typed.get("heir", "")), settings.TIME_ZONE,
        day=typed.get("day", ""), hour=typed.get("hour", ""), why=typed.get("why", ""), mistakes=mistakes or {},
    )


def _choice(person: Person, chosen: str) -> Choice:
    return Choice(str(person.uid), f"{person.name} · {person.email}", is_chosen=str(person.uid) == chosen)


def _heirs(people: Iterable[Person], chosen: str) -> tuple[Choice, ...]:
    return (Choice("", gettext("Nobody takes over")), *(_choice(one, chosen) for one in people))


# --- one departure ----------------------------------------------------------------------------------------------------


def departure_page(
    actor: PersonActor, departure: Departure, *, at: datetime, mistakes: Mapping[str, str] | None = None
) -> values.DeparturePage:
    """`departures/departure.html`."""
    may_plan, may_follow = (_may(actor, departure, right) for right in (Right.DEPARTURE_PLAN, Right.DEPARTURE_FOLLOW))
    those = left.left_of(departure, on_roster=on_roster())
    is_ahead = departure.state == DepartureState.PLANNED and departure.starts_at > at
    is_open = departure.state == DepartureState.OPEN
    case = Case.objects.filter(holds__lock=departure.lock_id).first()
    takers = Person.objects.filter(state=PersonState.ACTIVE).exclude(pk=departure.person_id).order_by("name")
    at_uid = [departure.uid]
    return values.DeparturePage(
        Who(departure.person.name), departure.state, departure.why, gettext(WAY_WORDS[Way(departure.way)]),
        departure.planner.name if departure.planner else "", departure.planned_at, departure.starts_at, reverse("departures:list"),
        left=tuple(_line(one, departure, may_follow, at) for one in those),
        done=_done(certificate.worked_off(departure)) if is_open else (), ended=_ended(departure.ended),
        clock=clock_of(case, reverse("lockout:clock", args=[case.uid]), at=at) if case and departure.state != DepartureState.CANCELLED else None,
        heir=Who(departure.heir.name) if departure.heir else None,
        has_heir_left=departure.heir is not None and departure.heir.state == PersonState.LEFT,
        heirs=_heirs(takers, str(departure.heir.uid) if departure.heir else "") if is_ahead or is_open else (),
        heir_url=reverse("departures:heir", args=at_uid) if is_ahead or is_open else "",
        move_url=reverse("departures:move", args=at_uid) if is_ahead else "", zone=settings.TIME_ZONE,
        begin=Action(gettext("Begin now"), reverse("departures:begin", args=at_uid), tone="danger", may=may_plan) if is_ahead else None,
        cancel=Action(gettext("Take it back"), reverse("departures:cancel", args=at_uid), tone="ghost", may=may_plan) if is_ahead else None,
        close=_close(departure, len(those), may_follow) if is_open else None,
        certificate_url=reverse("departures:certificate", args=at_uid) if departure.state == DepartureState.CLOSED else "",
        person_url=reverse("grants:person", args=[departure.person.uid]), may_plan=may_plan, notice=_notice(departure, at),
        mistakes=mistakes or {},
    )  # fmt: skip


def _may(actor: PersonActor, departure: Departure, right: Right) -> values.Verdict:
    if str(departure.person.uid) == actor.uid:
        return values.Verdict(False, gettext("This is your own departure."), gettext("Ask another security officer."))
    return may(actor, right, on=None)


def _close(departure: Departure, count: int, may_follow: values.Verdict) -> Action:
    if may_follow and count:
        words = ngettext("{n} thing is left.", "{n} things are left.", count).format(n=count)
        may_follow = values.Verdict(False, words, gettext("It closes only when the list is empty."))
    return Action(gettext("Close it"), reverse("departures:close", args=[departure.uid]), tone="primary", may=may_follow)


def _notice(departure: Departure, at: datetime) -> Notice | None:
    if departure.state != DepartureState.PLANNED or departure.starts_at > at or opening.has_officer_beside(departure):
        return None
    text = gettext(
        "They are locked since their minute came, but nobody else is a security officer any more. At the server, countersign "
        "locks lift lets them in once more, to make somebody else one."
    )
    return Notice("bad", gettext("This cannot begin"), text)


def _ended(ended: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    labels = {
        "sessions": gettext("Sessions"), "devices": gettext("Devices"), "passkeys": gettext("Passkeys"), "keys": gettext("Keys of programs"),
    }
    counts = tuple((label, str(ended[name])) for name, label in labels.items() if name in ended)
    roles = ", ".join(dict.fromkeys(role_name(role) for role in ended.get("roles", ())))
    return (*counts, (gettext("Roles"), roles or gettext("none"))) if ended else ()


# --- what is left -----------------------------------------------------------------------------------------------------


def _line(one: Left, departure: Departure, may_follow: values.Verdict, at: datetime) -> LeftLine:
    match one.about:
        case Step() as step:
            return LeftLine("lock", gettext(STEP_WORDS[StepKind(step.kind)]), gettext(step.note) if step.note else gettext("The program does this by itself."))
        case Rotation() as rotation:
            what = kind_words(rotation.secret) if rotation.secret else gettext("Our own key")
            return LeftLine(
                "refresh-cw", gettext("Replace: {what}").format(what=what), rotation.account.handle, reverse("grants:rotation", args=[rotation.uid]),
                gettext("To its rotation"), face(rotation.account), rotation.due_at, is_late=rotation.due_at < at,
            )
        case Secret() as secret:
            return LeftLine(
                "eye", gettext("Seen, and not being replaced: {what}").format(what=kind_words(secret)), secret.account.handle,
                reverse("grants:secret", args=[secret.uid]), gettext("To the secret"), face(secret.account),
            )
        case Credential() as key:
            return _passkey(key, departure, may_follow)
        case SignOut() as task:
            return _app(task, departure, may_follow)
        case Task() as task:
            return _task(task, may_follow)
        case Kept() as kept:
            return LeftLine("pencil-line", kept.name, kept.why, kept.url, gettext("To the post"))


def _passkey(key: Credential, departure: Departure, may_follow: values.Verdict) -> LeftLine:
    label = gettext("Passkey “{name}” is still on the roster").format(name=key.name)
    waiting = RosterProposal.objects.filter(state=EntryState.WAITING, content__act="remove", content__credential=key.credential_id)
    if waiting.exists():
        words = gettext("It was asked for; officers sign it on the roster.")
        return LeftLine("fingerprint", label, words, reverse("grants:roster"), gettext("Read and sign"))
    ask = Action(
        gettext("Ask for it to come off"), reverse("departures:roster", args=[departure.uid]), "credential", str(key.uid), may=may_follow
    )
    return LeftLine("fingerprint", label, gettext("It signs nothing here any more; taking it off takes the officers' signatures."), actions=(ask,))


def _app(task: SignOut, departure: Departure, may_follow: values.Verdict) -> LeftLine:
    tick = Action(gettext("It is signed out"), reverse("lockout:sign-out", args=[task.uid]), "next", _url(departure), may=may_follow)
    words = f"{task.app.device.name}. {gettext(SIGN_OUT.get(task.app.network, ELSEWHERE))}"
    return LeftLine("smartphone", app_label(task.app), words, actions=(tick,))


def _task(task: Task, may_follow: values.Verdict) -> LeftLine:
    kind = TaskKind(task.kind)
    name = task.account.handle if task.account else task.device.name if task.device else ""
    words = [gettext(TASK_HELP[kind])]
    if kind == TaskKind.ADMINISTRATOR and task.account and task.account.network in WHERE:
        words.append(gettext(WHERE[task.account.network]))
    words += [gettext("Written down as theirs: {what}.").format(what=task.hint)] if task.hint else []
    actions = tuple(
        Action(gettext(ANSWER_WORDS[one]), reverse("departures:answer", args=[task.uid]), "answer", one.value, may=may_follow)
        for one in answers(kind, is_ours=task.device is None or bool(task.device.owner))
    )
    icons = {TaskKind.ADMINISTRATOR: "users", TaskKind.RECOVERY: "mail", TaskKind.DEVICE: "monitor-smartphone"}
    return LeftLine(
        icons[kind], gettext(TASK_WORDS[kind]).format(name=name), " ".join(words), account=face(task.account) if task.account else None,
        actions=actions if may_follow else actions[:1],
    )


# --- what was worked off ----------------------------------------------------------------------------------------------


def _done(parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[LeftLine, ...]:
    """What is done, as the certificate says it."""
    rows = [_proven(one) for one in parts["rotations"]]
    for one in parts["passkeys"]:
        words = gettext("entry {number} of the roster").format(number=one["entry"])
        rows.append(LeftLine("fingerprint", gettext("Passkey “{name}” came off the roster").format(name=one["name"]), words))
    for one in parts["apps"]:
        name = gettext(NETWORKS.get(one["network"], one["network"]))
        label = gettext("Signed out everywhere: {name}").format(name=name)
        rows.append(LeftLine("smartphone", label, one["device"], by=_who(one["by"]), at=_moment(one["at"])))
    rows += [_answered(one) for one in parts["tasks"]]
    return tuple(rows)


def _proven(one: Mapping[str, Any]) -> LeftLine:
    what = gettext(KINDS[one["kind"]]) if one["kind"] else gettext("Our own key")
    what = f"{what} {quoted(one['label'])}" if one["label"] else what
    proof = one["evidence"]
    if stated := proof.get("stated"):
        how = gettext("stated by {name} and {other}, not proven by the network").format(name=stated["by"], other=stated["and"])
    elif "mail" in proof:
        how = gettext("proven by the network's own mail")
    else:
        how = gettext("proven: the new one signs in, the old one does not")
    label = gettext("Replaced: {what}").format(what=what)
    return LeftLine("refresh-cw", label, f"{one['account']['handle']} · {how}", at=_moment(one["confirmed_at"]))


def _answered(one: Mapping[str, Any]) -> LeftLine:
    name = one["account"]["handle"] if one["account"] else one["device"]
    label = gettext(TASK_WORDS[TaskKind(one["kind"])]).format(name=name)
    return LeftLine("list-checks", label, gettext(ANSWER_WORDS[Answer(one["answer"])]), by=_who(one["by"]), at=_moment(one["at"]))


def _who(person: Mapping[str, str] | None) -> Who | None:
    return Who(person["name"]) if person else None


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- the certificate --------------------------------------------------------------------------------------------------


def certificate_page(departure: Departure) -> values.CertificatePage:
    """`departures/certificate.html`: from what was frozen at closing, and from the log."""
    content, proof = departure.certificate, certificate.proof(departure)
    by = content["planner"]["name"] if content["planner"] else gettext(WAY_WORDS[Way(content["way"])])
    facts = [
        (gettext("Planned"), f"{_said(content['planned_at'])}, {by}"), (gettext("Why"), content["why"]),
        (gettext("Begun"), _said(content["opened_at"])), (gettext("Nothing was sent any more since"), _said(content["answered_at"])),
        (gettext("Took over"), content["heir"]["name"] if content["heir"] else gettext("nobody")),
        (gettext("Closed"), f"{_said(content['closed_at'])}, {content['closed_by']['name']}"),
    ]
    return values.CertificatePage(
        content["organisation"], Who(content["person"]["name"]), tuple(facts), _ended(content["ended"]), tuple(map(_dated, _done(content))),
        certificate.digest(content), proof.get("number", 0), proof.get("leaf_index", 0), proof.get("leaf_hash", ""),
        bool(proof.get("checkpoint")), _url(departure), reverse("departures:certificate-json", args=[departure.uid]),
    )


def _dated(one: LeftLine) -> LeftLine:
    """A line with who and when written out: on paper nobody can point at an hour to see its day."""
    when = f"{_when(one.at)} {timezone.localtime(one.at).tzname() or ''}".strip() if one.at else ""
    parts = [one.detail, ", ".join(filter(None, [one.by.name if one.by else "", when]))]
    return replace(one, detail=" · ".join(filter(None, parts)), by=None, at=None)


def certificate_json(departure: Departure) -> dict[str, Any]:
    """The certificate and its proof, for auditors' own tools."""
    content = departure.certificate
    return {"certificate": content, "digest": certificate.digest(content), "log": certificate.proof(departure)}


def _said(text: str) -> str:
    found = _moment(text)
    return f"{_when(found)} {timezone.localtime(found).tzname() or ''}".strip() if found else gettext("not known")


# --- a file from personnel --------------------------------------------------------------------------------------------


def file_page(text: str = "", rows: Sequence[values.PersonnelRow] = (), *, mistakes: Mapping[str, str] | None = None) -> values.PersonnelFile:
    """`departures/file.html`: empty, or with what will happen."""
    return values.PersonnelFile(
        reverse("departures:file"), reverse("departures:list"), settings.TIME_ZONE, tuple(rows), text,
        sum(row.tone == "ok" for row in rows), mistakes or {},
    )


def of_file(actor: PersonActor, text: str, *, at: datetime) -> tuple[list[values.PersonnelRow], list[Leaving]]:
    """What a file comes to: a row for each line, and who leaves. A line with a mistake, and one that is done already, do
    nothing; so the same file does nothing twice."""
    lines = personnel.lines(text, timezone.get_current_timezone())
    known = _known([*(line.email for line in lines), *(line.heir for line in lines)])
    under_way = {one.person_id: one for one in Departure.objects.under_way().filter(person__in=known.values())}
    leavers = {line.email for line in lines if not line.mistake}
    going = {str(known[email].uid) for email in leavers if email in known} - {actor.uid}  # their own line is a mistake
    staying = opening.officers_staying() - going
    rows, leaving = [], []
    for line in lines:
        person = known.get(line.email)
        mistake = _mistake(line, person, known, leavers, actor, at) or _only_officer(person, staying)
        settled = "" if mistake or person is None else _settled(person, line, under_way.get(person.pk), known)
        if person is not None and not mistake and not settled:
            leaving.append(Leaving(person, known.get(line.heir), line.starts_at))
        rows.append(_file_row(line, person, known, mistake, settled, at))
    return rows, leaving


def _known(emails: Collection[str]) -> dict[str, Person]:
    return {person.email: person for person in Person.objects.filter(email__in={email for email in emails if email})}


def _mistake(
    line: personnel.Line, person: Person | None, known: Mapping[str, Person], leavers: Collection[str], actor: PersonActor, at: datetime
) -> str:
    if line.mistake:
        return gettext(line.mistake)
    if person is None:
        return gettext("Nobody here has this address.")
    if str(person.uid) == actor.uid:
        return gettext("This is you: another officer plans your departure.")
    if line.heir:
        heir = known.get(line.heir)
        if heir is None or heir.state != PersonState.ACTIVE:
            return gettext("Nobody who is active here has the address of whoever takes over.")
        if line.heir in leavers or Departure.objects.under_way().filter(person=heir).exists():
            return gettext("Whoever is to take over leaves as well.")
    try:
        rules.require_time(line.starts_at, at=at)
    except CountersignError as error:
        return said(error.template, error.facts)
    return ""


def _only_officer(person: Person | None, staying: Collection[str]) -> str:
    if person is None or staying or str(person.uid) not in opening.officers_staying():
        return ""
    return gettext("No security officer would be left: make somebody else one first.")


def _settled(person: Person, line: personnel.Line, departure: Departure | None, known: Mapping[str, Person]) -> str:
    """Why there is nothing to do for a line that is right."""
    if person.state == PersonState.LEFT:
        return gettext("Has left already: nothing is done.")
    if departure is None:
        return ""
    heir = known.get(line.heir)
    is_same = departure.starts_at == line.starts_at and departure.heir_id == (heir.pk if heir else None)
    return gettext("Planned already: nothing is done.") if is_same else gettext("Planned already for {when}: change it there.").format(when=_when(departure.starts_at))


def _file_row(
    line: personnel.Line, person: Person | None, known: Mapping[str, Person], mistake: str, settled: str, at: datetime
) -> values.PersonnelRow:
    words = mistake or settled
    if not words:
        is_now = line.starts_at is None or line.starts_at <= at
        words = gettext("Everything of theirs ends now.") if is_now else gettext("Everything of theirs ends at that minute.")
    heir = known.get(line.heir)
    return values.PersonnelRow(
        line.number, line.email, person.name if person else "", line.starts_at, heir.name if heir else line.heir, words,
        "bad" if mistake else "warn" if settled else "ok",
    )

