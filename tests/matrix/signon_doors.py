"""The addresses of sign-on and of the directory, with who may use them."""
from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponse

from countersign.access.grants.models import GroupRole
from countersign.access.lockout import keeping_keys
from countersign.desk.scim.models import DirectoryGroup, DirectoryUser
from countersign.desk.signon.models import Provider
from countersign.people.models import SignOnLink
from countersign.review.models import Proposal
from tests.house import now
from tests.matrix.doors import EVERYBODY, OWN, Ask, Effect, at, door, goes_to, shows
from tests.matrix.world import World

KEY = frozenset({"key"})
USER, GROUP = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def provider_of(w: World, state: str = "asked") -> Provider:
    """A provider as Tom described it. It does not exist: a real one is in tests/signon."""
    Provider.objects.filter(state="on").update(state="off")
    return Provider.objects.create(
        name="De Linde", issuer="https://login.delinde.example", client_id=uuid4().hex, state=state, state_since=now(),
        described_by=w.person("Tom"), described_at=now(),
    )  # fmt: skip


def link_of(w: World) -> SignOnLink:
    """Who a colleague is at that provider."""
    return SignOnLink.objects.create(person=w.colleague(), issuer="https://login.delinde.example", subject=uuid4().hex, made_at=now())


def mapped_of(w: World) -> GroupRole:
    """What a group is here."""
    return GroupRole.objects.create(group=f"Group {uuid4().hex}", role="author", made_by=w.person("Tom"), made_at=now())


def told(status: int, *words: str) -> Effect:
    """It is answered with this status and these words."""

    def effect(response: HttpResponse) -> None:
        text = response.content.decode()
        assert response.status_code == status, (response.status_code, text[:300])
        for word in words:
            assert word in text, word

    return effect


# --- coming in: without a real provider nobody does; what a real one brings about is in tests/signon --------------------


@door("sign-on", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    Provider.objects.filter(state="on").update(state="off")
    return Ask(at("sign-on"), told(422, "Nobody comes in by a provider here."))


@door("sign-on-return", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    """Open to whoever began in this browser and brings what the provider signed, and to nobody else."""
    return Ask(at("sign-on-return"), told(403, "does not belong to a sign-in"), {"state": "guessed", "code": "guessed"})


@door("sign-on-logout", "POST", may=EVERYBODY)
def _(w: World, who: str) -> Ask:
    """Open to the provider's own signature, and to nobody else."""
    return Ask(at("sign-on-logout"), told(400, "invalid_request"), {"logout_token": "forged"})


@door("sign-on-link", "POST", may=OWN, fresh=True)
def _(w: World, who: str) -> Ask:
    """Without a provider nobody is sent anywhere: tests/signon has one."""
    Provider.objects.filter(state="on").update(state="off")
    return Ask(at("sign-on-link"), told(422, "Nobody comes in by a provider here."))


# --- settings ---------------------------------------------------------------------------------------------------------


@door("sign-on-settings", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    return Ask(at("sign-on-settings"), shows("/sign-on/return/", "/scim/v2"))


@door("sign-on-settings", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    """The broker opens no address of this machine but those it was given, so that an officer hears why not."""
    data = {
        "name": "De Linde", "issuer": "http://127.0.0.1:9", "client_id": "c", "secret": "canary", "groups_claim": "groups",
        "scopes": "openid email", "acr_values": "",
    }  # fmt: skip
    return Ask(at("sign-on-settings"), told(422, "Only addresses that begin with https://"), data)


@door("sign-on-test", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    provider_of(w)
    return Ask(at("sign-on-test"), told(422, "The provider does not answer as it must"))


@door("sign-on-on", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    provider = provider_of(w)

    def effect(response: HttpResponse) -> None:
        provider.refresh_from_db()
        assert provider.state == "asked"
        assert Proposal.objects.filter(act="sign_on.turn_on", matter=f"provider:{provider.uid}").exists()

    return Ask(at("sign-on-on", provider.uid), effect, {"reason": "Everybody has it already."})


@door("sign-on-off", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    provider = provider_of(w, "on")

    def effect(response: HttpResponse) -> None:
        provider.refresh_from_db()
        assert provider.state == "off"

    return Ask(at("sign-on-off", provider.uid), effect)


@door("sign-on-map", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    group = f"Group {uuid4().hex}"

    def effect(response: HttpResponse) -> None:
        assert GroupRole.objects.filter(group=group, role="moderator", account=w.account).exists()

    return Ask(at("sign-on-map"), effect, {"group": group, "role": "moderator", "account": str(w.account.uid)})


@door("sign-on-unmap", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    mapped = mapped_of(w)

    def effect(response: HttpResponse) -> None:
        goes_to(at("sign-on-settings"))(response)
        assert not GroupRole.objects.filter(pk=mapped.pk).exists()

    return Ask(at("sign-on-unmap", mapped.pk), effect)


@door("sign-on-unlink", "POST", may="officer", where="house")
def _(w: World, who: str) -> Ask:
    link = link_of(w)

    def effect(response: HttpResponse) -> None:
        link.refresh_from_db()
        assert link.ended_at is not None

    return Ask(at("sign-on-unlink", link.uid), effect)


# --- the directory's door: a key, and nothing else ----------------------------------------------------------------------


def key_of(w: World) -> dict[str, str]:
    """The header of a directory whose key Tom made."""
    _key, text = keeping_keys.make_key(w.actor("Tom"), name="Directory", purpose="scim", days=30, at=now())
    return {"Authorization": f"Bearer {text.reveal()}"}


def user_of(w: World) -> DirectoryUser:
    name = uuid4().hex
    return DirectoryUser.objects.create(
        user_name=name, folded_name=name, content={"userName": name}, is_active=False, created_at=now(), changed_at=now()
    )


def group_of(w: World) -> DirectoryGroup:
    name = uuid4().hex
    return DirectoryGroup.objects.create(name=name, folded_name=name, created_at=now(), changed_at=now())


def by_key(w: World, url: str, effect: Effect, body: object = None) -> Ask:
    return Ask(url, effect, body=body, headers=key_of(w))


for _name, _words in {
    "scim-config": "authenticationSchemes", "scim-resource-types": "/Users", "scim-schemas": "userName", "scim-users": "ListResponse",
    "scim-groups": "ListResponse",
}.items():

    @door(_name, may=KEY)
    def _(w: World, who: str, name: str = _name, words: str = _words) -> Ask:
        return by_key(w, at(name), told(200, words))


@door("scim-resource-type", may=KEY)
def _(w: World, who: str) -> Ask:
    return by_key(w, at("scim-resource-type", "User"), told(200, "/Users"))


@door("scim-schema", may=KEY)
def _(w: World, who: str) -> Ask:
    return by_key(w, at("scim-schema", USER), told(200, "userName"))


@door("scim-users", "POST", may=KEY)
def _(w: World, who: str) -> Ask:
    return by_key(w, at("scim-users"), told(201, "resourceType"), {"schemas": [USER], "userName": uuid4().hex, "active": False})


@door("scim-groups", "POST", may=KEY)
def _(w: World, who: str) -> Ask:
    return by_key(w, at("scim-groups"), told(201, "resourceType"), {"schemas": [GROUP], "displayName": uuid4().hex})


@door("scim-user", may=KEY)
def _(w: World, who: str) -> Ask:
    user = user_of(w)
    return by_key(w, at("scim-user", user.uid), told(200, user.user_name))


@door("scim-user", "PUT", may=KEY)
def _(w: World, who: str) -> Ask:
    user = user_of(w)
    return by_key(w, at("scim-user", user.uid), told(200, "Noor"), {"schemas": [USER], "userName": user.user_name, "displayName": "Noor"})


@door("scim-user", "PATCH", may=KEY)
def _(w: World, who: str) -> Ask:
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "displayName", "value": "Noor"}]}
    return by_key(w, at("scim-user", user_of(w).uid), told(200, "Noor"), body)


@door("scim-user", "DELETE", may=KEY)
def _(w: World, who: str) -> Ask:
    user = user_of(w)

    def effect(response: HttpResponse) -> None:
        user.refresh_from_db()
        assert (response.status_code, user.deleted_at is None) == (204, False)

    return by_key(w, at("scim-user", user.uid), effect)


@door("scim-group", may=KEY)
def _(w: World, who: str) -> Ask:
    group = group_of(w)
    return by_key(w, at("scim-group", group.uid), told(200, group.name))


@door("scim-group", "PUT", may=KEY)
def _(w: World, who: str) -> Ask:
    name = uuid4().hex
    return by_key(w, at("scim-group", group_of(w).uid), told(200, name), {"schemas": [GROUP], "displayName": name})


@door("scim-group", "PATCH", may=KEY)
def _(w: World, who: str) -> Ask:
    name = uuid4().hex
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "displayName", "value": name}]}
    return by_key(w, at("scim-group", group_of(w).uid), told(200, name), body)


@door("scim-group", "DELETE", may=KEY)
def _(w: World, who: str) -> Ask:
    group = group_of(w)

    def effect(response: HttpResponse) -> None:
        assert response.status_code == 204
        assert not DirectoryGroup.objects.filter(pk=group.pk).exists()

    return by_key(w, at("scim-group", group.uid), effect)


for _name in ("scim-search", "scim-search-users", "scim-search-groups"):

    @door(_name, "POST", may=KEY)
    def _(w: World, who: str, name: str = _name) -> Ask:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 1}
        return by_key(w, at(name), told(200, "ListResponse"), body)


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):

    @door("scim-nothing", _method, may=KEY)
    def _(w: World, who: str) -> Ask:
        return by_key(w, at("scim-nothing", "Nowhere"), told(404, "There is nothing at this address."), {})


