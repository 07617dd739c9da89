"""Replacing a secret, with proof: opened with a time, changed by the program or by a person, confirmed by what the network says.

The new secret is in the broker's own file before the network is asked. *Changed* is what we did; *confirmed* is what was
shown: a sign-in with the new one that works and one with the old that fails, the network's own mail, or, where no network
tells, what two people have stated (`stating`).
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.access.vault import parts
from countersign.access.vault.models import Rotation, SealedVersion, Secret, SecretVersion
from countersign.access.vault.states import RotationState, RotationWay, SecretKind
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import Actor, DutyActor
from countersign.base.errors import Conflict, Invalid, KeyRefused, OutcomeUnknown, Rejected, Unreachable
from countersign.base.values import Secret as Text
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.networks.contract import Change, RotatesSecret
from countersign.networks.registry import CONNECTORS

ROTATE = DutyActor("rotate")
CRITICAL, OTHERWISE = timedelta(hours=1), timedelta(hours=24)
MAILS: dict[str, set[SecretKind]] = {
    "password_changed": {SecretKind.PASSWORD},
    "reset": {SecretKind.PASSWORD},
    "second_factor_changed": {SecretKind.TOTP_SEED, SecretKind.RECOVERY_CODES},
}


def due(secret: Secret, at: datetime) -> datetime:
    """By when a secret that the wrong person knows must be replaced: a critical one within the hour, others within a day."""
    return at + (CRITICAL if secret.is_critical else OTHERWISE)


def open(  # noqa: A001
    actor: Actor, secret: Secret, why: str, *, due_at: datetime | None = None, is_new_seen: bool = True, at: datetime
) -> Rotation:
    """Decide that a secret must be replaced. One that is due already is hastened, never put off; one that is changed and not
    proven yet is replaced once more afterwards, unless only the old one was seen. `due_at` is by default what `due` says."""
    due_at = due_at or due(secret, at)
    with recorded(actor, at=at, matter=f"secret:{secret.uid}", account=secret.account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=secret.account)
        Secret.objects.select_for_update().get(pk=secret.pk)  # of two at once, the second finds the first one's
        known = Rotation.objects.open().filter(secret=secret).first()
        if known is None:
            rotation = Rotation.objects.create(
                account=secret.account, secret=secret, why=why[:400], opened_by=actor.label, opened_at=at, due_at=due_at,
                old=parts.current_of(secret), state=RotationState.DUE, state_since=at,
            )
            record("rotation.opened", rotation, account=secret.account, secret=str(secret.uid), due_at=due_at)
            return rotation
        if known.changed_at is not None and is_new_seen:
            known.again_by = min(known.again_by or due_at, due_at)
        else:
            known.due_at = min(known.due_at, due_at)
        Rotation.objects.filter(pk=known.pk).update(due_at=known.due_at, again_by=known.again_by)
        record("rotation.hastened", known, account=secret.account, due_at=due_at)
        return known


# --- changing --------------------------------------------------------------------------------------------------------


def begin(actor: Actor, rotation: Rotation, *, at: datetime) -> Rotation:
    """Begin to replace a secret, in the best way its network allows. Conflict when somebody else has begun."""
    with recorded(actor, at=at, matter=rotation, account=rotation.account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
        way = RotationWay.TOKENS if rotation.secret is None else way_of(rotation.secret)
        rotation.move(RotationState.CHANGING, at=at, way=way, trouble="")
        record("rotation.begun", rotation, account=rotation.account, way=way)
    return carry_on(actor, rotation, at=at)


def way_of(secret: Secret) -> RotationWay:
    """How this secret can be replaced at its network, with what the vault holds."""
    found = CONNECTORS.get(secret.account.network)
    change = found.changes.get(secret.kind) if isinstance(found, RotatesSecret) else None
    if change is None or password_of(secret.account) is None or secret.account.state == AccountState.DISCONNECTED:
        return RotationWay.BY_HAND
    return RotationWay.BY_MAIL if change is Change.BY_MAIL else RotationWay.BY_API


def password_of(account: Account) -> SealedVersion | None:
    """The account's own password in the vault, if it is there."""
    found = SealedVersion.objects.current().select_related("secret__account")
    return found.filter(secret__account=account, secret__kind=SecretKind.PASSWORD, secret__retired_at=None).first()


def carry_on(actor: Actor, rotation: Rotation, *, code: Text | None = None, at: datetime) -> Rotation:
    """Go on with what was begun: the next step, or the same one again after a crash. With a mailed code: change it now."""
    with refusals_recorded(actor, at=at, matter=rotation):
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
    if rotation.state not in {RotationState.CHANGING, RotationState.UNCONFIRMED} or rotation.changed_at is not None:
        raise Conflict(_("Nothing is under way here."), remedy=_("Look how it stands."))
    try:
        if rotation.secret is None:
            return _replace(actor, rotation, at=at)
        return _step(actor, rotation, rotation.secret, code, at=at)
    except OutcomeUnknown as error:
        return _moved(actor, rotation, RotationState.UNCONFIRMED, "rotation.doubted", error.what, at=at)
    except Unreachable as error:
        return _moved(actor, rotation, RotationState.DUE, "rotation.put_off", error.what, at=at)
    except KeyRefused as error:
        if code is not None:
            raise Invalid(error.template, remedy=error.remedy_template, field="code") from error
        return _moved(actor, rotation, RotationState.BY_HAND, "rotation.by_hand", error.what, at=at)
    except Rejected as error:
        return _moved(actor, rotation, RotationState.BY_HAND, "rotation.by_hand", error.what, at=at)


def _step(actor: Actor, rotation: Rotation, secret: Secret, code: Text | None, *, at: datetime) -> Rotation:
    password = password_of(secret.account)
    if rotation.way == RotationWay.BY_HAND or password is None:
        if secret.kind == SecretKind.PASSWORD:
            _prepare(rotation, secret, at=at)
        return _moved(actor, rotation, RotationState.BY_HAND, "rotation.by_hand", rotation.trouble, at=at)
    if rotation.way == RotationWay.BY_MAIL:
        _prepare(rotation, secret, at=at)
        if code is None and rotation.state == RotationState.CHANGING:
            client.ask(messages.AskForCode(str(secret.account.uid), parts.part(password)))
            return rotation
    return _change(actor, rotation, secret, password, code, at=at)


def _prepare(rotation: Rotation, secret: Secret, *, at: datetime) -> None:
    """Have the broker make the next version. It belongs to this rotation and opens nothing yet."""
    if rotation.new is not None:
        return
    number = parts.next_number(secret)
    made = client.ask(messages.PrepareRotation(str(rotation.uid), str(secret.account.uid), str(secret.uid), secret.kind, number))
    with recorded(ROTATE, at=at, matter=rotation, account=secret.account) as record:
        gate.require(ROTATE, Right.SECRET_ROTATE, on=secret.account)
        defaults = {"sealed": made.sealed, "made_at": at}
        rotation.new = SealedVersion.objects.get_or_create(secret=secret, version=made.version, defaults=defaults)[0]
        Rotation.objects.filter(pk=rotation.pk).update(new=rotation.new)
        record("rotation.begun", rotation, account=secret.account, way=rotation.way)


def _change(
    actor: Actor, rotation: Rotation, secret: Secret, password: SealedVersion, code: Text | None, *, at: datetime
) -> Rotation:
    old = parts.part(rotation.old) if rotation.old else {}
    number = rotation.new.version if rotation.new else parts.next_number(secret)
    new = parts.part(rotation.new) if rotation.new else {
        **old, "version": number, "sealed": "", "name": parts.name_of(secret, number),
    }  # fmt: skip
    keys = SealedVersion.objects.current().filter(secret__account=secret.account, secret__kind=SecretKind.API_KEY)
    changed = client.ask(
        messages.ChangeSecret(
            str(rotation.uid), str(secret.account.uid), old, new, parts.part(password),
            [parts.part(key) for key in keys.select_related("secret")], code.reveal() if code else "",
        )
    )
    until = datetime.fromisoformat(changed.alive_until)
    with recorded(actor, at=at, matter=rotation, account=secret.account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=secret.account)
        defaults = {"sealed": changed.sealed, "name": str(new["name"]), "made_at": at}
        rotation.new = SealedVersion.objects.get_or_create(secret=secret, version=changed.version, defaults=defaults)[0]
        _make_current(rotation.new, at=at)
        if changed.key.get("sealed"):
            keep_key(secret.account, changed.key, at=at)
        facts = {"new": rotation.new, "changed_at": at, "alive_until": until, "trouble": ""}
        if rotation.state == RotationState.UNCONFIRMED:
            Rotation.objects.filter(pk=rotation.pk, state=RotationState.UNCONFIRMED).update(**facts)
            rotation.refresh_from_db()
        else:
            rotation.move(RotationState.UNCONFIRMED, at=at, **facts)
        record("rotation.changed", rotation, account=secret.account, version=changed.version, alive_until=until)
    return prove(actor, rotation, at=at)


def keep_key(account: Account, key: Mapping[str, Any], *, at: datetime) -> None:
    """Keep a new key of the account's own, inside a recorded change."""
    ends = datetime.fromisoformat(key["expires_at"]) if key["expires_at"] else None
    SecretVersion.objects.filter(account=account, ended_at__isnull=True).update(ended_at=at)
    SecretVersion.objects.update_or_create(
        account=account, version=key["version"],
        defaults={"sealed": key["sealed"], "made_at": at, "expires_at": ends, "ended_at": None},
    )


def _make_current(version: SealedVersion, *, at: datetime) -> None:
    SealedVersion.objects.current().filter(secret=version.secret).exclude(pk=version.pk).update(ended_at=at)
    SealedVersion.objects.filter(pk=version.pk, current_from__isnull=True).update(current_from=at)


def _moved(actor: Actor, rotation: Rotation, to: RotationState, event: str, trouble: str, *, at: datetime) -> Rotation:
    if rotation.state == to:
        return rotation
    with recorded(actor, at=at, matter=rotation, account=rotation.account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
        if to == RotationState.DUE and rotation.state == RotationState.UNCONFIRMED:
            record(event, rotation, account=rotation.account)
            return rotation
        rotation.move(to, at=at, trouble=trouble[:300])
        record(event, rotation, account=rotation.account)
        return rotation


# --- by hand ---------------------------------------------------------------------------------------------------------


def done_by_hand(actor: Actor, rotation: Rotation, *, at: datetime) -> Rotation:
    """Somebody says that they gave the network the new password. It is tried where the network can be asked."""
    with refusals_recorded(actor, at=at, matter=rotation):
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
    if rotation.state != RotationState.BY_HAND or rotation.new is None or rotation.secret is None:
        raise Conflict(_("Nothing waits for you here."), remedy=_("Look how it stands."))
    _require_not_disproved(rotation)
    client.ask(messages.ChangedByHand(str(rotation.uid), str(rotation.account.uid), str(rotation.secret.uid)))
    with recorded(actor, at=at, matter=rotation, account=rotation.account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
        _make_current(rotation.new, at=at)
        rotation.move(RotationState.CHANGED, at=at, changed_at=at, alive_until=_alive_until(rotation, at), trouble="")
        record("rotation.changed", rotation, account=rotation.account, version=rotation.new.version)
    return prove(actor, rotation, at=at)


def _require_not_disproved(rotation: Rotation) -> None:
    """Before anything is taken for changed: the old one must not be put out of reach while it is the one that works."""
    told: messages.Proven = client.ask(_question(rotation))
    if told.is_told and not told.new_opens:
        raise Conflict(_("The new one does not sign in at the network."), remedy=_("Set it there, then say so again."))
    if told.is_told and told.old_opens:
        raise Conflict(_("The old one still signs in at the network."), remedy=_("End it there, then say so again."))


def _alive_until(rotation: Rotation, at: datetime) -> datetime | None:
    found = CONNECTORS.get(rotation.account.network)
    return at + found.outlives if isinstance(found, RotatesSecret) else None


def entered(actor: Actor, rotation: Rotation, version: SealedVersion, *, at: datetime) -> None:
    """What the network made was entered in the vault: the secret is changed. Joins the change that entered it."""
    with recorded(actor, at=at, matter=rotation, account=rotation.account) as record:
        gate.require(actor, Right.SECRET_KEEP, on=rotation.account)
        rotation.move(RotationState.CHANGED, at=at, new=version, changed_at=at, alive_until=_alive_until(rotation, at), trouble="")
        record("rotation.changed", rotation, account=rotation.account, version=version.version)


# --- proof -----------------------------------------------------------------------------------------------------------


def prove(actor: Actor, rotation: Rotation, *, at: datetime) -> Rotation:
    """Try the new secret and the old one at the network. Nothing is confirmed while something of the old lives on."""
    with refusals_recorded(actor, at=at, matter=rotation):
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
    if rotation.changed_at is None or rotation.state not in {RotationState.CHANGED, RotationState.UNCONFIRMED}:
        raise Conflict(_("There is nothing to prove yet."), remedy=_("Look how it stands."))
    rotation.refresh_from_db()  # a mail may have come meanwhile
    try:
        told = client.ask(_question(rotation))
    except Unreachable:
        return rotation  # asked again later
    if not told.is_told:
        return settle(actor, rotation, dict(rotation.evidence), at=at)
    evidence = {
        **rotation.evidence, "how": "sign_in", "new_opens": told.new_opens, "old_opens": told.old_opens, "at": _iso(at),
    }  # fmt: skip
    return settle(actor, rotation, evidence, at=at)


def can_be_asked(rotation: Rotation) -> bool:
    """Whether asking the network again may prove something: not where only its mail, or nothing, can."""
    if rotation.secret is None or "mail" in rotation.evidence:
        return True
    found = CONNECTORS.get(rotation.account.network)
    return isinstance(found, RotatesSecret) and rotation.secret.kind in found.changes


def _question(rotation: Rotation) -> messages.ProveSecret | messages.ProveTokens:
    uid = str(rotation.account.uid)
    if rotation.old is not None and rotation.new is not None:
        return messages.ProveSecret(uid, parts.part(rotation.old), parts.part(rotation.new))
    old = SecretVersion.objects.filter(account=rotation.account, version=rotation.evidence.get("old_version")).first()
    if old is None:
        raise Conflict(_("There is nothing to prove yet."))
    return messages.ProveTokens(uid, {"version": old.version, "sealed": old.sealed})


def confirm_by_mail(actor: Actor, account: Account, evidence: Mapping[str, str], *, at: datetime) -> list[Rotation]:
    """The network's own mail says that a secret of this account was changed. The rotations that it explains; none when it
    explains nothing here.

    `evidence` holds `kind` (`password_changed`, `second_factor_changed`, `reset`), `message_id`, and `received_at` (ISO 8601):
    a mail the watcher has verified. One that came before the rotation was opened proves nothing; one that only carries a
    code to reset with is explained by a rotation and proves none.
    """
    kinds = MAILS.get(evidence.get("kind", ""), set())
    received = datetime.fromisoformat(evidence["received_at"])
    found = Rotation.objects.open().filter(account=account, secret__kind__in=kinds, opened_at__lte=received)
    explained = list(found.exclude(state=RotationState.DUE).select_related("account", "secret", "old", "new"))
    for rotation in explained:
        with recorded(actor, at=at, matter=rotation, account=account) as record:
            gate.require(actor, Right.SECRET_ROTATE, on=account)
            if evidence["kind"] == "reset":
                rotation.evidence = {**rotation.evidence, "reset_mail": dict(evidence)}
            else:
                rotation.evidence = {**rotation.evidence, "how": "mail", "mail": dict(evidence)}
            Rotation.objects.filter(pk=rotation.pk).update(evidence=rotation.evidence)
            record("rotation.told_by_mail", rotation, account=account, kind=evidence["kind"])
        if rotation.changed_at is not None:
            settle(actor, rotation, rotation.evidence, at=at)
    return explained


def settle(actor: Actor, rotation: Rotation, evidence: dict[str, Any], *, at: datetime) -> Rotation:
    """Move a changed rotation to where its evidence leads."""
    still_opens = evidence.get("old_opens") is True or evidence.get("new_opens") is False
    is_shown = evidence.get("old_opens") is False and evidence.get("new_opens") is True
    lives_on = rotation.alive_until is not None and at < rotation.alive_until
    with recorded(actor, at=at, matter=rotation, account=rotation.account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
        if still_opens:
            words = _("The old one still signs in.") if evidence.get("old_opens") else _("The new one does not sign in.")
            rotation.move(RotationState.BY_HAND, at=at, evidence=evidence, trouble=words, changed_at=None)
            record("rotation.by_hand", rotation, account=rotation.account)
        elif lives_on or not (is_shown or "mail" in evidence or "stated" in evidence):
            Rotation.objects.filter(pk=rotation.pk).update(evidence=evidence)
            rotation.evidence = evidence
            record("rotation.doubted", rotation, account=rotation.account, alive_until=rotation.alive_until)
        else:
            if rotation.state == RotationState.UNCONFIRMED:
                rotation.move(RotationState.CHANGED, at=at, evidence=evidence)
            rotation.move(RotationState.CONFIRMED, at=at, evidence=evidence, trouble="")
            record("rotation.confirmed", rotation, account=rotation.account, how=evidence.get("how", ""))
            if rotation.again_by is not None and rotation.secret is not None:
                open(ROTATE, rotation.secret, _("The new one was seen as well."), due_at=rotation.again_by, at=at)
    return rotation


# --- the key by which we work ----------------------------------------------------------------------------------------


def replace_tokens(actor: Actor, account: Account, why: str, *, at: datetime) -> Rotation:
    """End our own key of an account at its network, and get another where that takes no person. Asked twice, done once."""
    with recorded(actor, at=at, matter=account, account=account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=account)
        rotation = Rotation.objects.open().filter(account=account, secret=None).first()
        if rotation is None:
            rotation = Rotation.objects.create(
                account=account, why=why[:400], opened_by=actor.label, opened_at=at, due_at=at + CRITICAL,
                way=RotationWay.TOKENS, state=RotationState.DUE, state_since=at,
            )
            record("rotation.opened", rotation, account=account)
        else:
            record("rotation.hastened", rotation, account=account)
    return begin(actor, rotation, at=at) if rotation.state == RotationState.DUE else rotation


def _replace(actor: Actor, rotation: Rotation, *, at: datetime) -> Rotation:
    account = rotation.account
    old = SecretVersion.objects.newest(account)
    told: messages.Replaced = client.ask(messages.ReplaceTokens(str(account.uid)))
    until = datetime.fromisoformat(told.alive_until) if told.alive_until else None
    evidence = {
        "how": "asked", "old_version": old.version if old else 0, "new_opens": not told.is_ended,
        "old_opens": told.old_is_alive, "at": _iso(at),
    }  # fmt: skip
    if told.is_ended:
        return _ended(actor, rotation, evidence, at=at)
    with recorded(actor, at=at, matter=rotation, account=account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=account)
        key = {"sealed": told.sealed, "version": told.version, "expires_at": told.expires_at}
        keep_key(account, key, at=at)
        state = RotationState.UNCONFIRMED if told.old_is_alive else RotationState.CHANGED
        rotation.move(state, at=at, changed_at=at, alive_until=until, evidence=evidence, trouble="")
        record("rotation.changed", rotation, account=account, version=told.version, alive_until=until)
        if told.old_is_alive:
            record("rotation.doubted", rotation, account=account, alive_until=until)
            return rotation
        rotation.move(RotationState.CONFIRMED, at=at)
        record("rotation.confirmed", rotation, account=account, how="asked")
    return rotation


def _ended(actor: Actor, rotation: Rotation, evidence: dict[str, Any], *, at: datetime) -> Rotation:
    """The key is dead and nobody but a person can get another: the account waits to be connected again."""
    account = rotation.account
    with recorded(actor, at=at, matter=rotation, account=account) as record:
        gate.require(actor, Right.SECRET_ROTATE, on=account)
        account.refresh_from_db()
        if account.state == AccountState.CONNECTED:
            account.move(AccountState.REFUSED, at=at, trouble=_("Its key was ended on purpose. Connect it again."))
            record("account.key_refused", f"account:{account.uid}", account=str(account.uid))
        rotation.move(RotationState.BY_HAND, at=at, evidence=evidence, trouble=_("Connect the account again."))
        record("rotation.by_hand", rotation, account=account)
    return rotation


def connected_anew(actor: Actor, account: Account, *, at: datetime) -> None:
    """A person has signed in anew at the network: where the older key is known to be dead, its rotation is over. Joins the
    change that keeps the new key."""
    rotation = Rotation.objects.filter(account=account, secret=None, state=RotationState.BY_HAND).first()
    if rotation is None or rotation.evidence.get("old_opens") is not False:
        return
    with recorded(actor, at=at, matter=rotation, account=account) as record:
        gate.require(actor, Right.ACCOUNT_CONNECT, on=account)
        evidence = {**rotation.evidence, "how": "signed_in_anew", "new_opens": True}
        rotation.move(RotationState.CHANGED, at=at, changed_at=at, evidence=evidence, trouble="")
        rotation.move(RotationState.CONFIRMED, at=at)
        record("rotation.confirmed", rotation, account=account, how="signed_in_anew")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
