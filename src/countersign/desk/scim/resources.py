"""Users and groups as SCIM 2.0 writes them (RFC 7643), no more of them than is needed here. Plain Python.

scim2-models reads and writes them, and applies every PATCH of RFC 7644. Standard attributes that are not kept (a telephone
number, an address, a password …) are left unread, because directories send them unasked; an attribute that nobody knows is
refused, so that a misspelt `active` is not taken for a yes.
"""
from __future__ import annotations

from typing import Annotated, Any

from pydantic import EmailStr, Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    InvalidSyntaxException,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

MOST_RESULTS = 200  # of one page
MOST_BYTES = 1_000_000  # of one request
MOST_OPERATIONS = 1_000
MOST_MEMBERS = 5_000
LONGEST = 200  # characters of a name

# Standard attributes of RFC 7643 that are not kept.
UNKEPT = frozenset({
    "addresses", "entitlements", "ims", "locale", "nickname", "password", "phonenumbers", "photos", "profileurl", "roles",
    "timezone", "title", "usertype", "x509certificates",
})  # fmt: skip
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"

Text = Annotated[str | None, Field(max_length=LONGEST)]


class UserName(ComplexAttribute):
    """What a user is called, in parts."""

    formatted: Text = None
    family_name: Text = None
    given_name: Text = None


class Mail(ComplexAttribute):
    """One of a user's mail addresses."""

    value: EmailStr | None = None
    type: Text = None
    primary: bool | None = None


class InGroup(ComplexAttribute):
    """A group a user is in; told, never taken."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    display: Annotated[str | None, Mutability.read_only] = None


class User(Resource[Any]):
    """A user of the directory, as far as it concerns Countersign."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[Text, Uniqueness.server, Required.true] = None
    name: UserName | None = None
    display_name: Text = None
    preferred_language: Text = None
    active: bool | None = None
    emails: Annotated[list[Mail] | None, Field(max_length=20)] = None
    groups: Annotated[list[InGroup] | None, Mutability.read_only] = None


class Member(ComplexAttribute):
    """A member of a group: one of our users."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A group of the directory."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[Text, Uniqueness.server, Required.true] = None
    members: Annotated[list[Member] | None, Field(max_length=MOST_MEMBERS)] = None


# Microsoft Entra selects what to remove by `value`, and writes to entries of a list that are not there yet.
POLICY = ScimPolicy(
    remove_value_as_filter=ScimPolicy.RemoveValue.apply, unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create
)
CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True), bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_RESULTS), change_password=ChangePassword(supported=False),
    sort=Sort(supported=False), etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken, name="Bearer token", primary=True,
            description="A key that a security officer made for the directory, sent as a bearer token.",
        )
    ],
)  # fmt: skip
PROVIDER = ScimProvider(models=[User, Group], config=CONFIG, policy=POLICY)


def without_unkept(content: object) -> dict[str, Any]:
    """A resource as it came, without the standard attributes that are not kept."""
    if not isinstance(content, dict):
        raise InvalidSyntaxException(detail="That is no object of JSON.")
    kept = _kept(content)
    if isinstance(schemas := kept.get("schemas"), list):
        kept["schemas"] = [one for one in schemas if not (isinstance(one, str) and one.casefold() == _ENTERPRISE)]
    return kept


def patch_without_unkept(content: object) -> dict[str, Any]:
    """A PATCH as it came, without what it says of standard attributes that are not kept; it may have no operation left."""
    if not isinstance(content, dict):
        raise InvalidSyntaxException(detail="That is no object of JSON.")
    name = next((one for one in content if one.casefold() == "operations"), "Operations")
    operations = content.get(name)
    if not isinstance(operations, list):
        return content
    if len(operations) > MOST_OPERATIONS:
        raise InvalidSyntaxException(detail=f"More than {MOST_OPERATIONS} operations at once.")
    return {**content, name: [found for one in operations if (found := _operation(one)) is not None]}


def _operation(given: object) -> object:
    if not isinstance(given, dict):
        return given
    path, value = given.get("path"), given.get("value")
    if isinstance(path, str) and _is_unkept(path):
        return None
    if not path and isinstance(value, dict) and value:
        kept = _kept(value)
        return {**given, "value": kept} if kept else None
    if isinstance(path, str) and path.casefold().rpartition(":")[2] == "members":
        return {**given, "value": _members(value)} if "value" in given else given
    return given


def _kept(content: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in content.items() if not _is_unkept(name)}
    return {name: _members(value) if name.casefold() == "members" else value for name, value in kept.items()}


def _members(value: object) -> object:
    """Members as they came, without what they are called: their own user says that."""
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in one.items() if k.casefold() != "display"} if isinstance(one, dict) else one for one in value]


def _is_unkept(path: str) -> bool:
    folded = path.casefold()
    if folded.startswith(_ENTERPRISE):
        return True
    attribute = folded.removeprefix(str(User.__schema__).casefold() + ":")
    return attribute.split("[")[0].split(".")[0] in UNKEPT


def mail_of(user: User) -> str:
    """The address by which a user is known here: the primary one, else the first, else a user name that is one."""
    mails = [one for one in user.emails or [] if one.value]
    chosen = next((one for one in mails if one.primary), mails[0] if mails else None)
    name = user.user_name or ""
    return str(chosen.value if chosen else name if "@" in name else "").strip().lower()


def name_of(user: User) -> str:
    """What a user is called here."""
    parts = user.name or UserName()
    whole = " ".join(filter(None, (parts.given_name, parts.family_name)))
    return (user.display_name or parts.formatted or whole or user.user_name or "")[:120]
