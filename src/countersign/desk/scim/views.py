"""The addresses of SCIM 2.0 (RFC 7644): what there is to know of the service, users, groups, searching."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from scim2_models import (
    Context,
    NotFoundException,
    PatchOp,
    ResourceType,
    ResponseParameters,
    Schema,
    SearchRequest,
    ServiceProviderConfig,
)

from countersign.desk.scim import keeping_groups, provisioning, queries
from countersign.desk.scim.answers import ScimRequest, body, door, error, said
from countersign.desk.scim.models import DirectoryGroup, DirectoryUser
from countersign.desk.scim.resources import CONFIG, PROVIDER, Group, User, patch_without_unkept, without_unkept

_QUERY = ("attributes", "excludedAttributes", "filter", "startIndex", "count", "sortBy", "sortOrder")


# --- what there is to know --------------------------------------------------------------------------------------------


@door("GET")
def config(request: ScimRequest) -> HttpResponse:
    """What this service can do."""
    return said({**_dumped(CONFIG), "meta": _meta("ServiceProviderConfig", "/ServiceProviderConfig")})


@door("GET")
def resource_types(request: ScimRequest) -> HttpResponse:
    """Which kinds of resources there are."""
    return said(queries.page([_type(one) for one in PROVIDER.resource_types], SearchRequest(), dict))


@door("GET")
def resource_type(request: ScimRequest, name: str) -> HttpResponse:
    """One kind of resource."""
    return said(_type(_one(PROVIDER.resource_types, name)))


@door("GET")
def schemas(request: ScimRequest) -> HttpResponse:
    """Which attributes are kept."""
    return said(queries.page([_schema(one) for one in PROVIDER.schemas], SearchRequest(), dict))


@door("GET")
def schema(request: ScimRequest, name: str) -> HttpResponse:
    """The attributes of one kind of resource."""
    return said(_schema(_one(PROVIDER.schemas, name)))


def _one[T: (ResourceType, Schema)](among: tuple[T, ...], name: str) -> T:
    found = next((one for one in among if (one.id or "").casefold() == name.casefold()), None)
    if found is None:
        raise NotFoundException
    return found


def _type(one: ResourceType) -> dict[str, Any]:
    return {**_dumped(one), "meta": _meta("ResourceType", f"/ResourceTypes/{one.id}")}


def _schema(one: Schema) -> dict[str, Any]:
    return {**_dumped(one), "meta": _meta("Schema", f"/Schemas/{one.id}")}


def _dumped(one: ResourceType | Schema | ServiceProviderConfig) -> dict[str, Any]:
    content: dict[str, Any] = one.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    return content


def _meta(kind: str, path: str) -> dict[str, str]:
    return {"resourceType": kind, "location": f"{settings.ORIGIN}{queries.BASE}{path}"}


# --- users and groups -------------------------------------------------------------------------------------------------


@door("GET", "POST")
def users(request: ScimRequest) -> HttpResponse:
    """Every user a filter lets through; or a new one."""
    if request.method == "GET":
        return _listed(SearchRequest[User].model_validate(_asked(request)), queries.users)
    wanted = User.model_validate(without_unkept(body(request)), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    row = provisioning.create(request.program, wanted, at=timezone.now())
    return _shown(request, row, Context.RESOURCE_CREATION_RESPONSE, 201)


@door("GET", "PUT", "PATCH", "DELETE")
def user(request: ScimRequest, uid: str) -> HttpResponse:
    """One user: read, replaced, changed in parts, taken out."""
    row = queries.user_of(uid)
    if row is None:
        raise NotFoundException(detail="There is no such user.")
    if request.method == "GET":
        return _shown(request, row, Context.RESOURCE_QUERY_RESPONSE)
    version, at = request.headers.get("If-Match", ""), timezone.now()
    if request.method == "DELETE":
        provisioning.delete(request.program, str(row.uid), version=version, at=at)
        return HttpResponse(status=204)
    alter = _replacing(request, User) if request.method == "PUT" else _patching(request, User)
    if alter is not None:
        row = provisioning.change(request.program, str(row.uid), alter, version=version, at=at)
    return _shown(request, row, _answer_of(request))


@door("GET", "POST")
def groups(request: ScimRequest) -> HttpResponse:
    """Every group a filter lets through; or a new one."""
    if request.method == "GET":
        return _listed(SearchRequest[Group].model_validate(_asked(request)), queries.groups)
    wanted = Group.model_validate(without_unkept(body(request)), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    row = keeping_groups.create(request.program, wanted, at=timezone.now())
    return _shown(request, row, Context.RESOURCE_CREATION_RESPONSE, 201)


@door("GET", "PUT", "PATCH", "DELETE")
def group(request: ScimRequest, uid: str) -> HttpResponse:
    """One group: read, replaced, changed in parts, deleted."""
    row = queries.group_of(uid)
    if row is None:
        raise NotFoundException(detail="There is no such group.")
    if request.method == "GET":
        return _shown(request, row, Context.RESOURCE_QUERY_RESPONSE)
    version, at = request.headers.get("If-Match", ""), timezone.now()
    if request.method == "DELETE":
        keeping_groups.delete(request.program, str(row.uid), version=version, at=at)
        return HttpResponse(status=204)
    alter = _replacing(request, Group) if request.method == "PUT" else _patching(request, Group)
    if alter is not None:
        row = keeping_groups.change(request.program, str(row.uid), alter, version=version, at=at)
    return _shown(request, row, _answer_of(request))


# --- searching --------------------------------------------------------------------------------------------------------


@door("POST")
def search_users(request: ScimRequest) -> HttpResponse:
    """Users by a search that is sent as a body."""
    return _listed(SearchRequest[User].model_validate(body(request), scim_ctx=Context.SEARCH_REQUEST), queries.users)


@door("POST")
def search_groups(request: ScimRequest) -> HttpResponse:
    """Groups by a search that is sent as a body."""
    return _listed(SearchRequest[Group].model_validate(body(request), scim_ctx=Context.SEARCH_REQUEST), queries.groups)


@door("POST")
def search(request: ScimRequest) -> HttpResponse:
    """Users and groups together."""
    asked = SearchRequest[User | Group].model_validate(body(request), scim_ctx=Context.SEARCH_REQUEST)
    return _listed(asked, lambda asked: [*queries.users(asked), *queries.groups(asked)])


@door("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(request: ScimRequest, rest: str = "") -> HttpResponse:
    """What is not there, as SCIM says it."""
    return error(404, "There is nothing at this address.")


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in _QUERY if name in request.GET}


def _listed(asked: SearchRequest[Any], find: Callable[[SearchRequest[Any]], Any]) -> HttpResponse:
    def dump(one: Any) -> Any:
        return one.model_dump(scim_ctx=Context.SEARCH_RESPONSE, response_parameters=asked)

    return said(queries.page(find(asked), asked, dump))


def _shown(request: HttpRequest, row: DirectoryUser | DirectoryGroup, context: Context, status: int = 200) -> HttpResponse:
    resource = queries.user(row) if isinstance(row, DirectoryUser) else queries.group(row)
    asked = ResponseParameters[type(resource)].model_validate(_asked(request) if request.method == "GET" else {})  # type: ignore[misc]  # of the very kind
    content = resource.model_dump(scim_ctx=context, response_parameters=asked)
    return said(content, status, ETag=queries.etag(row), Location=queries.location(row))


def _answer_of(request: HttpRequest) -> Context:
    return Context.RESOURCE_REPLACEMENT_RESPONSE if request.method == "PUT" else Context.RESOURCE_PATCH_RESPONSE


def _replacing[R: (User, Group)](request: HttpRequest, kind: type[R]) -> Callable[[R], R]:
    wanted = kind.model_validate(without_unkept(body(request)), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)

    def alter(now: R) -> R:
        wanted.replace(now)
        return wanted

    return alter


def _patching[R: (User, Group)](request: HttpRequest, kind: type[R]) -> Callable[[R], R] | None:
    """What a PATCH makes of a resource; None where it is only about what is not kept here."""
    content = patch_without_unkept(body(request))
    if content.get("Operations") == [] and body(request).get("Operations"):
        return None
    patch = PatchOp[kind].model_validate(content, scim_ctx=Context.RESOURCE_PATCH_REQUEST)  # type: ignore[valid-type]  # of the very kind

    def alter(now: R) -> R:
        patch.patch(now)
        return now

    return alter
