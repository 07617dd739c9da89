"""The comments page with 100,000 comments, against a bare signed-in page: both through the whole stack, in one run.

Target: p95 at most 3 times a bare signed-in page.
"""
from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from time import perf_counter

import tests.environment  # noqa: F401  # folders of its own, before the settings are read

COUNT = int(os.environ.get("COUNT", "100000"))
ROUNDS = 200


def main() -> int:
    """Print the ratio."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    client = Client(HTTP_HOST="localhost")
    _fill()
    _sign_in(client)
    queue, bare = [], []
    for _round in range(ROUNDS):  # alternating, so that the machine's moods meet both alike
        bare.append(_time(client, "/me/sessions/"))
        queue.append(_time(client, "/comments/"))
    p95 = [sorted(times)[int(len(times) * 0.95)] * 1000 for times in (queue, bare)]
    median = [sorted(times)[len(times) // 2] * 1000 for times in (queue, bare)]
    print(f"{COUNT} comments, 50 a page: queue p95 {p95[0]:.1f} ms, bare page p95 {p95[1]:.1f} ms")
    print(f"queue / bare: p95 {p95[0] / p95[1]:.2f}, median {median[0] / median[1]:.2f} (target: at most 3)")
    return 0


def _time(client: object, path: str) -> float:
    begun = perf_counter()
    response = client.get(path)  # type: ignore[attr-defined]
    assert response.status_code == 200, (path, response.status_code)
    return perf_counter() - begun


def _fill() -> None:
    from countersign.access.grants.models import Account, Grant
    from countersign.base.actor import DutyActor
    from countersign.content.comments.models import Comment
    from countersign.people.models import Person
    from countersign.policy.charter.adopting import adopt_default

    at = datetime.now(UTC)
    adopt_default(DutyActor("start"), at=at)
    mia = Person.objects.create(email="mia@delinde.example", name="Mia", state="active", state_since=at, password="!")
    account = Account.objects.create(
        network="practice", origin="http://127.0.0.1:1", remote_id="1", handle="@delinde", state="connected", state_since=at,
        connected_by=mia, connected_at=at, limits={"characters": 500},
    )
    Grant.objects.create(person=mia, account=account, role="moderator", given_at=at)
    begun = at - timedelta(days=60)
    rows = (
        Comment(
            account=account, remote_id=f"{number:012d}", root=f"r{number // 40}", parent=f"r{number // 40}", author_id="a",
            author_handle=f"@reader{number % 977}", author_name=f"Reader {number % 977}", text="Lekker bier, tot zaterdag!",
            written_at=begun + timedelta(seconds=40 * number), collected_at=at, state_since=at,
            state="waiting" if number % 50 == 0 else "kept", read_at=at if number % 50 else None,
        )
        for number in range(COUNT)
    )
    Comment.objects.bulk_create(rows, batch_size=2000)


def _sign_in(client: object) -> None:
    from countersign.people.models import Person
    from tests.signing_in import sign_in

    sign_in(client, Person.objects.get(name="Mia"))


if __name__ == "__main__":
    sys.exit(main())
