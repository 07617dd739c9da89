"""The command `countersign`: start everything or one process, demonstrate, examine, verify."""
from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import django
from django.conf import settings
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countersign.config.settings")

HELP = """countersign start               web, worker, broker and practice network, under one supervisor
countersign demo                fill this installation with the brewery, its cast and its posts
countersign doctor              say what is missing or unsafe, and how to mend it
countersign audit verify PATH   verify an exported log, offline
countersign audit export PATH   export the log
countersign restored            a backup was put back: what may be out is read back before anything is sent
countersign keys ...            the wrapping key: see it, put a new one in place while everything runs
countersign kit ...             the recovery kit: the wrapping key in three printed pieces, of which two are needed
countersign locks ...           what is locked; lifting it here, by two officers, when nobody can sign in
countersign roster              who may sign, by the broker's own file
countersign web|worker|broker|practice   one process alone
countersign manage ...          Django's own commands (migrate, check, ...)"""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the words say; the exit status, 0 when all is well."""
    words = list(sys.argv[1:] if argv is None else argv)
    command = COMMANDS.get(words[0] if words else "")
    if command is None:
        print(HELP)
        return 0 if not words or words[0] in {"help", "-h", "--help"} else 2
    if words[:2] != ["audit", "verify"] and words[0] != "practice":
        _set_up()
    return command(words[1:])


def _set_up() -> None:
    for directory in (settings.DATA, settings.KEYS, settings.RUN, settings.DATA / "mail"):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    django.setup()
    from countersign.calls import client

    client.use_socket(settings.BROKER_SOCKET)


def _web(words: Sequence[str]) -> int:
    import uvicorn

    from countersign.access.lockout import live

    host, port = settings.LISTEN
    server = uvicorn.Server(
        uvicorn.Config(
            "countersign.config.asgi:application", host=host, port=port, log_level="warning", server_header=False,
            timeout_graceful_shutdown=3, lifespan="off", access_log=False,
        )
    )
    live.use_stop(lambda: server.should_exit)
    server.run()
    return 0 if server.started else 1


def _worker(words: Sequence[str]) -> int:
    from countersign.processes.worker import serving

    return serving.main(words)


def _broker(words: Sequence[str]) -> int:
    from countersign.processes.broker import serving

    return serving.main(words)


def _practice(words: Sequence[str]) -> int:
    from countersign.practice import serving

    where = settings.PRACTICE_ORIGIN
    defaults = ["--data", str(settings.DATA / "practice"), "--port", str(where.port), "--host", where.host]
    return int(serving.main([*defaults, *words]) or 0)


def _prepare() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _start(words: Sequence[str]) -> int:
    from countersign.config.demonstration import keys
    from countersign.processes.supervisor import Child, run

    _prepare()
    _adopt_charter()
    token, link = _first_officer_link()
    children = [
        Child(["broker", *_broker_words()], own={"COUNTERSIGN_GENESIS_TOKEN": token} if token else {}),
        Child(["practice"]),
        Child(["web"]),
        Child(["worker"]),
    ]
    if keys.is_demonstration():
        children.append(Child(["demo-officers"]))
    print(f"Countersign:        {settings.ORIGIN}/")
    print(f"Practice network:   {settings.PRACTICE_ORIGIN}/")
    if link:
        print(f"First officer:      {link}   (works once, for a day)")
    print("Stop with Ctrl-C. A walk about the brewery: ./countersign demo", flush=True)
    return run(children)


def _broker_words() -> list[str]:
    """What the broker is told beside its settings: the servers on loopback it may speak to, and the directory of identities."""
    words = [word for origin in (str(settings.PRACTICE_ORIGIN), *settings.LOOPBACK_ORIGINS) for word in ("--allow", origin)]
    return [*words, *(["--plc", settings.PLC_ORIGIN] if settings.PLC_ORIGIN else [])]


def _adopt_charter() -> None:
    from countersign.base.actor import DutyActor
    from countersign.policy.charter.adopting import adopt_default

    adopt_default(DutyActor("start"), at=datetime.now(UTC))


def _first_officer_link() -> tuple[str, str]:
    """A one-time token and its link while nobody has enrolled; empty texts afterwards."""
    from countersign.access.grants import inviting
    from countersign.access.grants.models import Grant
    from countersign.access.grants.rights import Role
    from countersign.base.actor import DutyActor
    from countersign.people import enrolling
    from countersign.people.models import Person
    from countersign.people.states import PersonState

    if Person.objects.exclude(state=PersonState.INVITED).exists():
        return "", ""
    start, at = DutyActor("start"), datetime.now(UTC)
    waiting = Person.objects.filter(grants__in=Grant.objects.filter(role=Role.OFFICER)).first()
    if waiting is None:
        _person, token = inviting.invite(
            start, email=f"first-officer-{secrets.token_hex(4)}@invalid.example", name="First officer",
            grants=[(Role.OFFICER, None), (Role.REVIEWER, None)], purpose="first_officer", at=at,
        )
    else:
        _enrolment, token = enrolling.issue(start, waiting, purpose="first_officer", at=at)
    return token, f"{settings.ORIGIN}/begin/{token}/"


def _demo(words: Sequence[str]) -> int:
    from countersign.config.demonstration import command

    _prepare()
    return command.main(words)


def _demo_officers(words: Sequence[str]) -> int:
    from countersign.config.demonstration import officers

    return officers.main(words)


def _doctor(words: Sequence[str]) -> int:
    from countersign.config import doctor

    return doctor.main(words)


def _audit(words: Sequence[str]) -> int:
    if words[:1] == ["verify"]:
        from countersign.audit.verifying import verify_main

        return verify_main(list(words[1:]))
    if words[:1] == ["export"] and len(words) == 2 and not words[1].startswith("-"):
        from countersign.config import exporting

        return exporting.main(words[1])
    print(HELP)
    return 2


def _restored(words: Sequence[str]) -> int:
    from countersign.config import restored

    return restored.main(words)


def _keys(words: Sequence[str]) -> int:
    from countersign.config import keeping

    return keeping.keys_main(words)


def _kit(words: Sequence[str]) -> int:
    from countersign.config import keeping

    return keeping.kit_main(words)


def _locks(words: Sequence[str]) -> int:
    from countersign.config import unlocking

    return unlocking.main(words)


def _roster(words: Sequence[str]) -> int:
    from countersign.base.errors import CountersignError
    from countersign.calls import client, messages

    try:
        known = client.ask(messages.ReadRoster())
    except CountersignError as error:
        print(f"{error.what} {error.remedy}", file=sys.stderr)
        return 1
    for line in known.entries:
        entry = line["entry"]
        what = entry["account"] or f"{entry['person']} {','.join(entry['roles'])}"
        signed = "ONE OFFICER ALONE" if line["is_alone"] else f"signed by {len(line['signed_by'])}"
        print(f"{entry['number']:>4} {line['at'][:19]} {entry['act']:8} {what} ({signed})")
    if waiting := known.standing["waiting"]:
        asked = f"{waiting['person']} asks ALONE that {waiting['content']['person']} become an officer"
        print(f"WAITS: {asked}; it can be entered from {waiting['ripe_at'][:19]}")
    print(f"head {known.head}, an entry takes {known.threshold} officers")
    return 0


def _manage(words: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["countersign manage", *words])
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "audit": _audit, "broker": _broker, "demo": _demo,
    "demo-officers": _demo_officers, "doctor": _doctor, "keys": _keys, "kit": _kit, "locks": _locks, "manage": _manage, "practice": _practice, "restored": _restored, "roster": _roster,
    "start": _start, "web": _web, "worker": _worker,
}

if __name__ == "__main__":
    sys.exit(main())
