"""What a directory says of users, carried out: invited, described, departed; and never half of it."""
from __future__ import annotations

import json
import threading
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from countersign.access.departures.models import Departure
from countersign.access.grants.models import Grant
from countersign.access.lockout import keeping_keys
from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.base.errors import Refused
from countersign.calls.messages import SignedOn
from countersign.desk.scim.models import DirectoryUser
from countersign.desk.signon import joining
from countersign.desk.signon.models import Provider
from countersign.people.models import Enrolment, Lock, Person, Session, SignOnLink
from tests.house import now
from tests.scim.conftest import PATCH, USER, Directory, officer, person
from tests.signing_in import made, sign_in

OFF, ON = ({"op": "replace", "path": "active", "value": value} for value in (False, True))


def events(since: int = 0) -> list[str]:
    return list(Entry.objects.filter(number__gt=since).order_by("number").values_list("event", flat=True))


def last() -> int:
    return Entry.objects.count()


def test_a_user_who_is_made_is_invited_and_can_do_nothing_yet(directory: Directory) -> None:
    since = last()
    made_ = directory.user("Ann", name={"givenName": "Ann", "familyName": "Peeters"}, preferredLanguage="nl-BE")
    ann = person("Ann")
    assert (ann.state, ann.name, ann.language) == ("invited", "Ann", "nl")
    assert not Grant.objects.filter(person=ann).exists()
    assert not Enrolment.objects.exists()
    assert events(since) == ["directory.person_made", "person.invited"]
    assert made_["meta"]["location"].endswith(f"/scim/v2/Users/{made_['id']}")


def test_without_a_mail_address_there_is_a_user_and_nobody_yet(directory: Directory) -> None:
    user = directory.said("POST", "/Users", {"schemas": [USER], "userName": "ann"}, 201)
    assert not Person.objects.exclude(name="Kim").exists()
    directory.patch(f"/Users/{user['id']}", {"op": "add", "path": "emails", "value": [{"value": "ann@delinde.example"}]})
    assert person("Ann").state == "invited"


def test_a_user_who_is_made_inactive_is_nobody_yet(directory: Directory) -> None:
    directory.user("Ann", active=False)
    assert not Person.objects.filter(email="ann@delinde.example").exists()


def test_somebody_an_officer_invited_before_is_taken_over_as_they_are(directory: Directory) -> None:
    ann = made("Ann")
    user = directory.user("Ann")
    assert DirectoryUser.objects.get(uid=user["id"]).person == ann
    assert Person.objects.filter(email="ann@delinde.example").count() == 1


@pytest.mark.parametrize("way", ["patch", "patch without path", "words of Entra", "put", "delete"])
def test_whoever_the_directory_takes_away_departs_at_once(directory: Directory, way: str) -> None:
    user, ann = directory.user("Ann"), person("Ann")
    Person.objects.filter(pk=ann.pk).update(state="active")
    sign_in(directory.client, ann)
    path = f"/Users/{user['id']}"
    match way:
        case "patch":
            assert directory.patch(path, OFF)["active"] is False
        case "patch without path":
            directory.patch(path, {"op": "replace", "value": {"active": False}})
        case "words of Entra":
            directory.patch(path, {"op": "Replace", "path": "active", "value": "False"})
        case "put":
            directory.said("PUT", path, {**user, "active": False})
        case "delete":
            assert directory.ask("DELETE", path).status_code == 204
    ann.refresh_from_db()
    assert ann.state == "left"
    assert Departure.objects.get(person=ann).state in {"open", "closed"}
    assert Lock.objects.filter(kind="person", target=ann.uid, lifted_at=None).exists()
    assert not Session.objects.filter(person=ann, ended_at=None).exists()


def test_a_deleted_user_is_gone_for_the_directory_and_their_row_stays(directory: Directory) -> None:
    user = directory.user("Ann")
    directory.ask("DELETE", f"/Users/{user['id']}")
    directory.said("GET", f"/Users/{user['id']}", status=404)
    assert DirectoryUser.objects.filter(uid=user["id"]).exists()
    assert person("Ann").state == "left"


def test_whoever_comes_back_is_invited_as_somebody_new(directory: Directory) -> None:
    user = directory.user("Ann")
    before = person("Ann")
    directory.patch(f"/Users/{user['id']}", OFF)
    directory.patch(f"/Users/{user['id']}", ON)
    now_ = person("Ann")
    before.refresh_from_db()
    assert (now_.state, before.state) == ("invited", "left")
    assert now_.pk != before.pk
    assert before.email.endswith("@left.invalid")


def test_a_word_about_somebody_who_left_by_an_officer_s_hand_does_not_bring_them_back(directory: Directory) -> None:
    user = directory.user("Ann")
    Person.objects.filter(email="ann@delinde.example").update(state="left")
    directory.patch(f"/Users/{user['id']}", {"op": "replace", "path": "displayName", "value": "Ann P."})
    assert Person.objects.filter(email="ann@delinde.example").get().state == "left"


def test_the_only_officer_is_not_taken_away_by_a_directory(directory: Directory, kim: PersonActor) -> None:
    user = directory.user("Kim")
    since = last()
    assert directory.patch(f"/Users/{user['id']}", OFF, status=403)["detail"]
    assert person("Kim").state == "active"
    assert DirectoryUser.objects.get(uid=user["id"]).is_active
    assert events(since) == ["act.refused"]


def test_one_of_two_officers_departs_as_everybody_does(directory: Directory) -> None:
    officer("Tom")
    user = directory.user("Tom")
    directory.patch(f"/Users/{user['id']}", OFF)
    assert person("Tom").state == "left"


def test_a_new_name_and_address_are_taken_over(directory: Directory) -> None:
    user = directory.user("Ann")
    directory.patch(
        f"/Users/{user['id']}", {"op": "replace", "path": 'emails[type eq "work"].value', "value": "ann.p@delinde.example"},
        {"op": "replace", "path": "displayName", "value": "Ann Peeters"},
    )
    assert Person.objects.get(email="ann.p@delinde.example").name == "Ann Peeters"


def test_an_address_that_the_directory_changed_finds_nobody_at_the_sign_on(directory: Directory, kim: PersonActor) -> None:
    """Else its key could give an officer's sign-in to whoever has that address at the provider."""
    user = directory.user("Kim")
    directory.patch(f"/Users/{user['id']}", {"op": "replace", "path": "emails", "value": [{"value": "olu@delinde.example"}]})
    provider = Provider.objects.create(
        name="x", issuer="https://login.example", client_id="c", state="on", state_since=now(), described_by=Person.objects.get(uid=kim.uid),
        described_at=now(),
    )  # fmt: skip
    said = SignedOn("olu", "", "olu@delinde.example", True, "Olu", [], True, ["mfa"], "", int(now().timestamp()))
    with pytest.raises(Refused, match="changed your mail address"):
        joining.recognise(joining.DUTY, provider, said, at=now())
    assert not SignOnLink.objects.exists()


def test_the_address_of_somebody_else_is_not_taken_over(directory: Directory) -> None:
    made("Ben")
    user = directory.user("Ann")
    said = directory.patch(
        f"/Users/{user['id']}", {"op": "replace", "path": 'emails[type eq "work"].value', "value": "ben@delinde.example"}, status=409
    )
    assert said["scimType"] == "uniqueness"
    assert DirectoryUser.objects.get(uid=user["id"]).content["emails"][0]["value"] == "ann@delinde.example"


def test_a_user_name_is_one_user_whatever_the_case_of_its_letters(directory: Directory) -> None:
    directory.user("Ann")
    said = directory.said("POST", "/Users", {"schemas": [USER], "userName": "ANN@delinde.example"}, 409)
    assert said["scimType"] == "uniqueness"


# --- half of it, wrong, too much, two at once --------------------------------------------------------------------------

WRONG: dict[str, tuple[Any, int, str]] = {
    "no JSON": (b'{"schemas": [', 400, "invalidSyntax"),
    "a list": ([], 400, "invalidSyntax"),
    "nothing": (b"", 400, "invalidSyntax"),
    "too deep": (b"[" * 100_000, 400, "invalidSyntax"),
    "no operations": ({"schemas": [PATCH]}, 400, "invalidValue"),
    "an unknown operation": ({"schemas": [PATCH], "Operations": [{"op": "revive", "path": "active"}]}, 400, "invalidValue"),
    "an unknown path": ({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "activ", "value": False}]}, 400, "invalidPath"),
    "an unknown attribute": ({"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"activ": False}}]}, 400, "invalidValue"),
    "a path that is none": ({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "emails[", "value": "x"}]}, 400, "invalidPath"),
    "a value of another kind": ({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": "perhaps"}]}, 400, "invalidValue"),
    "no mail address": ({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "emails", "value": [{"value": "ann"}]}]}, 400, "invalidValue"),
    "nothing to remove": ({"schemas": [PATCH], "Operations": [{"op": "remove"}]}, 400, "noTarget"),
    "an id": ({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "id", "value": "x"}]}, 400, "mutability"),
    "the groups": ({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "groups", "value": []}]}, 400, "mutability"),
    "no user name": ({"schemas": [PATCH], "Operations": [{"op": "remove", "path": "userName"}]}, 400, ""),
    "a name of a thousand letters": ({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "displayName", "value": "a" * 1000}]}, 400, "invalidValue"),
    "too many operations": ({"schemas": [PATCH], "Operations": [OFF] * 1001}, 400, "invalidSyntax"),
    "half good, half wrong": ({"schemas": [PATCH], "Operations": [OFF, {"op": "replace", "path": "activ", "value": 1}]}, 400, "invalidPath"),
    "half good, half in vain": (
        {"schemas": [PATCH], "Operations": [OFF, {"op": "replace", "path": 'emails[value co "nobody"].type', "value": "home"}]}, 400, "noTarget",
    ),
    "two megabytes": (b'{"schemas": ["' + b"a" * 2_000_000 + b'"]}', 413, ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_patch_that_is_wrong_changes_nothing(directory: Directory, kind: str) -> None:
    user = directory.user("Ann")
    content, status, scim_type = WRONG[kind]
    said = directory.said("PATCH", f"/Users/{user['id']}", content, status)
    assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert said["status"] == str(status)
    if scim_type:
        assert said["scimType"] == scim_type
    assert directory.said("GET", f"/Users/{user['id']}") == user
    assert person("Ann").state == "invited"


def test_what_is_not_kept_is_left_unread_and_nothing_else_with_it(directory: Directory) -> None:
    user = directory.user("Ann", title="Brewer", phoneNumbers=[{"value": "+32 16 00 00 00"}], password="canary-of-a-directory")
    assert "title" not in user
    path = f"/Users/{user['id']}"
    assert directory.patch(path, {"op": "replace", "path": "title", "value": "x"}) == user
    directory.patch(path, {"op": "replace", "value": {"title": "x", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "y", "active": False}})
    assert person("Ann").state == "left"
    assert "canary" not in json.dumps(list(DirectoryUser.objects.values_list("content", flat=True)))


def test_a_change_to_an_older_version_is_refused(directory: Directory) -> None:
    user = directory.user("Ann")
    path, version = f"/Users/{user['id']}", user["meta"]["version"]
    assert directory.patch(path, {"op": "replace", "path": "displayName", "value": "A"}, **{"If-Match": version})["meta"]["version"] != version
    directory.patch(path, OFF, status=412, **{"If-Match": version})
    assert person("Ann").state == "invited"


def test_of_two_changes_at_once_both_are_there_afterwards(directory: Directory) -> None:
    user = directory.user("Ann")
    path, found = f"/Users/{user['id']}", list[int]()

    def change(operation: dict[str, Any]) -> None:
        try:
            found.append(Directory(directory.token).ask("PATCH", path, {"schemas": [PATCH], "Operations": [operation]}).status_code)
        finally:
            connection.close()

    several = [{"op": "replace", "path": name, "value": "both"} for name in ("displayName", "externalId", "name.givenName", "preferredLanguage")]
    threads = [threading.Thread(target=change, args=[one]) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now_ = directory.said("GET", path)
    assert found == [200] * 4
    assert (now_["displayName"], now_["externalId"], now_["name"]["givenName"], now_["preferredLanguage"]) == ("both",) * 4


# --- finding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "names"), [
    ('userName eq "ANN@delinde.example"', ["Ann"]), ('externalId eq "7"', ["Ben"]), ('externalId eq "8"', []),
    ('emails.value co "mia"', ["Mia"]), ("active eq true", ["Ann", "Ben", "Mia"]), ('displayName sw "A" or displayName sw "M"', ["Ann", "Mia"]),
    ('emails[type eq "work" and value ew "linde.example"]', ["Ann", "Ben", "Mia"]), ("not (externalId pr)", ["Ann", "Mia"]),
])  # fmt: skip
def test_users_are_found_by_filter(directory: Directory, query: str, names: list[str]) -> None:
    for name in ("Ann", "Ben", "Mia"):
        directory.user(name, **({"externalId": "7"} if name == "Ben" else {}))
    said = directory.said("GET", f"/Users?filter={quote(query)}")
    assert [one["displayName"] for one in said.get("Resources", [])] == names
    assert said["totalResults"] == len(names)


@pytest.mark.parametrize("query", ["userName eq", 'shoeSize eq "7"', "(((", "active gt true", "a" * 5000])
def test_a_filter_that_is_none_is_refused(directory: Directory, query: str) -> None:
    assert directory.said("GET", f"/Users?filter={quote(query)}", status=400)["scimType"] == "invalidFilter"


def test_users_come_in_pages(directory: Directory) -> None:
    for name in ("Ann", "Ben", "Mia"):
        directory.user(name)
    said = directory.said("GET", "/Users?startIndex=2&count=1")
    assert (said["totalResults"], said["startIndex"], said["itemsPerPage"]) == (3, 2, 1)
    assert [one["displayName"] for one in said["Resources"]] == ["Ben"]


# --- the key -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("GET", "/Users"), ("POST", "/Users"), ("GET", "/Schemas"), ("GET", "/nowhere"), ("DELETE", "/Groups/x")])
def test_without_a_key_nothing_is_told(directory: Directory, method: str, path: str) -> None:
    since = last()
    for token in ("", "guessed"):
        answer = Directory(token).ask(method, path)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert last() == since


def test_a_key_for_locks_does_not_serve_a_directory(directory: Directory, kim: PersonActor) -> None:
    _key, text = keeping_keys.make_key(kim, name="Desk", purpose="lock", days=1, at=now())
    since = last()
    Directory(text.reveal()).said("GET", "/Users", status=403)
    assert events(since) == ["act.refused"]


def test_a_key_of_somebody_who_is_locked_counts_no_more(directory: Directory, kim: PersonActor) -> None:
    Lock.objects.create(kind="person", target=kim.uid, reason="Lost.", since=now())
    directory.said("GET", "/Users", status=403)
