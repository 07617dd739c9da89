"""Users and groups as the directory reads them back."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any
from unicodedata import normalize

from django.conf import settings
from django.db.models import QuerySet
from scim2_models import ScimFilter, SearchRequest

from countersign.base.values import known_uuids
from countersign.desk.scim.models import DirectoryGroup, DirectoryUser
from countersign.desk.scim.resources import MOST_RESULTS, Group, User

BASE = "/scim/v2"


def user_of(uid: str) -> DirectoryUser | None:
    """The user of this id; None when there is none, or was deleted."""
    return DirectoryUser.objects.there().filter(uid__in=known_uuids([uid])).first()


def group_of(uid: str) -> DirectoryGroup | None:
    """The group of this id."""
    return DirectoryGroup.objects.filter(uid__in=known_uuids([uid])).first()


def location(row: DirectoryUser | DirectoryGroup) -> str:
    """The address of a user or group."""
    return f"{settings.ORIGIN}{BASE}/{'Users' if isinstance(row, DirectoryUser) else 'Groups'}/{row.uid}"


def etag(row: DirectoryUser | DirectoryGroup) -> str:
    """Which version of it this is, as a weak ETag."""
    return f'W/"{row.version}"'


def user(row: DirectoryUser) -> User:
    """A user as SCIM writes one."""
    groups = [{"value": str(one.uid), "display": one.name} for one in sorted(row.groups.all(), key=lambda one: one.name)]
    return User.model_validate({**row.content, **_common(row, "User"), **({"groups": groups} if groups else {})})


def group(row: DirectoryGroup) -> Group:
    """A group as SCIM writes one."""
    members = [
        {"value": str(one.uid), "$ref": location(one), "type": "User"}
        for one in sorted(row.members.all(), key=lambda one: one.pk)
    ]
    content = {"displayName": row.name, **({"externalId": row.external_id} if row.external_id else {})}
    return Group.model_validate({**content, **_common(row, "Group"), **({"members": members} if members else {})})


def _common(row: DirectoryUser | DirectoryGroup, kind: str) -> dict[str, Any]:
    return {
        "schemas": [f"urn:ietf:params:scim:schemas:core:2.0:{kind}"], "id": str(row.uid),
        "meta": {
            "resourceType": kind, "created": row.created_at.astimezone(UTC).isoformat(),
            "lastModified": row.changed_at.astimezone(UTC).isoformat(), "location": location(row), "version": etag(row),
        },
    }  # fmt: skip


def users(asked: SearchRequest[Any]) -> Iterable[User]:
    """The users a request asks for, the oldest first."""
    rows = DirectoryUser.objects.there().prefetch_related("groups").order_by("pk")
    return _matching((user(row) for row in _narrowed(rows, asked)), asked, User)


def groups(asked: SearchRequest[Any]) -> Iterable[Group]:
    """The groups a request asks for, the oldest first."""
    rows = DirectoryGroup.objects.prefetch_related("members").order_by("pk")
    return _matching((group(row) for row in _narrowed(rows, asked)), asked, Group)


def _matching(found: Iterable[Any], asked: SearchRequest[Any], model: type) -> Iterable[Any]:
    if asked.filter is None:
        return found
    bound = ScimFilter[model](str(asked.filter))  # type: ignore[valid-type]  # which of the two is known only here
    return (one for one in found if bound.match(one))


def _narrowed(rows: QuerySet[Any], asked: SearchRequest[Any]) -> QuerySet[Any]:
    """The rows by which the commonest questions are answered without reading every one: `… eq "…"` on a name."""
    node = asked.filter.ast if asked.filter else None
    path, value = getattr(node, "attr_path", None), getattr(node, "value", None)
    if getattr(node, "op", "") != "eq" or path is None or path.sub_attr or not isinstance(value, str):
        return rows
    match path.attr.casefold():
        case "username" if rows.model is DirectoryUser:
            return rows.filter(folded_name=folded(value))
        case "displayname" if rows.model is DirectoryGroup:
            return rows.filter(folded_name=folded(value))
        case "externalid":
            return rows.filter(external_id=value)
    return rows


def folded(name: str) -> str:
    """A name as SCIM compares it."""
    return normalize("NFC", normalize("NFC", name).lower())


def page(found: Iterable[Any], asked: SearchRequest[Any], dump: Any) -> dict[str, Any]:
    """One page of what was found, as a ListResponse (RFC 7644 3.4.2)."""
    start, count = asked.start_index or 1, min(asked.count if asked.count is not None else MOST_RESULTS, MOST_RESULTS)
    total, shown = 0, []
    for total, one in enumerate(found, start=1):
        if start <= total < start + count:
            shown.append(dump(one))
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": total, "startIndex": start,
        "itemsPerPage": len(shown), "Resources": shown,
    }  # fmt: skip
