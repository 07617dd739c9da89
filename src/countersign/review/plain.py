"""The roster as plain values, for messages between processes. Plain Python."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from countersign.review.roster import Roster, Signer, Waiting
from countersign.review.statement import iso, moment
from countersign.review.verifying import b64, unb64


def parts(known: Roster) -> dict[str, Any]:
    """A roster as JSON values."""
    return {
        "head": known.head, "length": known.length, "signers": [_signer_parts(one) for one in known.signers.values()],
        "signatures": dict(known.signatures), "has_had_two_officers": known.has_had_two_officers,
        "set_up_ends_at": _text(known.set_up_ends_at), "wait_hours": known.wait_hours,
        "waiting": _waiting_parts(known.waiting) if known.waiting else None, "vetoed": sorted(known.vetoed),
    }


def of(content: Mapping[str, Any]) -> Roster:
    """The roster that `parts` told of."""
    signers = [_signer(one) for one in content["signers"]]
    return Roster(
        content["head"], content["length"], {one.credential: one for one in signers}, content["signatures"],
        content["has_had_two_officers"], _moment(content["set_up_ends_at"]), content["wait_hours"],
        _waiting(content["waiting"]) if content["waiting"] else None, frozenset(content["vetoed"]),
    )


def _signer_parts(one: Signer) -> dict[str, Any]:
    return {
        "person": one.person, "credential": one.credential, "public_key": b64(one.public_key), "key": one.key,
        "counts_from": {role: iso(since) for role, since in one.counts_from.items()}, "device": one.device,
        "kind": one.kind, "owner": one.owner, "is_backed_up": one.is_backed_up,
    }


def _signer(content: Mapping[str, Any]) -> Signer:
    counts_from = {role: moment(since) for role, since in content["counts_from"].items()}
    return Signer(**{**content, "public_key": unb64(content["public_key"]), "counts_from": counts_from})


def _waiting_parts(one: Waiting) -> dict[str, Any]:
    return {
        "content": dict(one.content), "head": one.head, "person": one.person, "since": iso(one.since),
        "ripe_at": iso(one.ripe_at), "ends_at": iso(one.ends_at),
    }


def _waiting(content: Mapping[str, Any]) -> Waiting:
    times = {name: moment(content[name]) for name in ("since", "ripe_at", "ends_at")}
    return Waiting(content=content["content"], head=content["head"], person=content["person"], **times)


def _text(at: datetime | None) -> str:
    return iso(at) if at else ""


def _moment(text: str) -> datetime | None:
    return moment(text) if text else None
