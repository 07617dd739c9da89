"""`countersign keys` and `countersign kit`: the wrapping key, kept by whoever runs the machine. Run as the broker's user.

A new key is put beside the old one, values are wrapped anew while everything runs, and only then does the old one go. The
recovery kit is the key in three printed pieces; any two of them give it back.
"""
from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from countersign.access.vault import hsm, keykeeping, kit, rewrapping, wrapping
from countersign.access.vault.keykeeping import OPERATOR
from countersign.base.errors import CountersignError
from countersign.calls import client, messages
from countersign.processes.broker.keys import PIN

KEYS_HELP = """countersign keys              which wrapping keys there are, and what each still holds
countersign keys new          put a new key in the place of the old one, which stays beside it
countersign keys rewrap       wrap every value by the new key, while everything runs
countersign keys finish       end the old key, once nothing is held by it
countersign keys make-token   make a key in the PKCS#11 token that the settings name"""
KIT_HELP = """countersign kit make FOLDER   the wrapping key in three pieces, a page each, to print and give to three officers
countersign kit drill         type two pieces: do they give the key that is in use?
countersign kit restore       type two pieces: write the key's file again, where it is missing"""


def keys_main(words: Sequence[str]) -> int:
    """Do what the words say about the wrapping key."""
    return _run({"": _show, "new": _new, "rewrap": _rewrap, "finish": _finish, "make-token": _make_token}, words, KEYS_HELP)


def kit_main(words: Sequence[str]) -> int:
    """Do what the words say about the recovery kit."""
    if words[:1] == ["make"] and len(words) == 2:
        return _run({"make": lambda: _make_kit(Path(words[1]))}, ["make"], KIT_HELP)
    return _run({"drill": _drill, "restore": _restore}, words, KIT_HELP)


def _run(commands: dict[str, Callable[[], int]], words: Sequence[str], help_text: str) -> int:
    command = commands.get(words[0] if words else "") if len(words) < 2 else None
    if command is None:
        print(help_text)
        return 2
    try:
        return command()
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
    except CountersignError as error:
        print(f"{error.what} {error.remedy}".strip(), file=sys.stderr)
    return 1


# --- the key -----------------------------------------------------------------------------------------------------------


def _show() -> int:
    now, counts = client.ask(messages.ReloadKeys()), rewrapping.counted()
    for key in [now.key_id, *now.former]:
        print(f"{key}  {'seals' if key == now.key_id else 'only opens'}, holds {counts.pop(key, 0)} values")
    for key, count in counts.items():
        print(f"{key or 'none'}  is not here: {count} values cannot be opened")
    return 1 if counts else 0


def _new() -> int:
    if settings.WRAPPING != "file":
        raise ValueError("The key is not in a file of ours. Make the new one where the old one is kept; docs/operating.md says how.")
    former = wrapping.load(settings.WRAPPING_KEY).id
    client.ask(messages.ReloadKeys())  # without a broker nothing is put in place that nobody writes down
    wrapping.replace(settings.WRAPPING_KEY)
    now = client.ask(messages.ReloadKeys())
    keykeeping.note_replaced(OPERATOR, now.key_id, former=former, at=_now())
    print(f"{now.key_id} seals from now on; {former} still opens.\nNext: countersign keys rewrap, and print a new kit: countersign kit make FOLDER")
    return 0


def _rewrap() -> int:
    done = rewrapping.rewrap(OPERATOR, at=_now())
    print(f"{done['rewrapped']} values were wrapped anew.")
    if done["unopened"]:
        print(f"{done['unopened']} could not be opened and stay as they are.", file=sys.stderr)
    return 1 if done["unopened"] else 0


def _finish() -> int:
    now = client.ask(messages.ReloadKeys())  # wraps anew what is in the broker's own file as well
    path = wrapping.former_of(settings.WRAPPING_KEY)
    if settings.WRAPPING == "token" and not path.exists():
        path = settings.WRAPPING_KEY
    if not path.exists() or not now.former:
        raise ValueError("There is no former key.")
    former = wrapping.load(path).id
    if former == now.key_id:
        raise ValueError("That key is in use.")
    if held := rewrapping.counted().get(former, 0):
        raise ValueError(f"{held} values are still held by {former}. Run: countersign keys rewrap")
    _wipe(path)
    client.ask(messages.ReloadKeys())
    keykeeping.note_former_ended(OPERATOR, former, at=_now())
    print(f"{former} is gone. Backups from before today need it: keep its recovery kit as long as you keep them.")
    return 0


def _make_token() -> int:
    where = settings.WRAPPING_TOKEN
    if not where["module"]:
        raise ValueError("Set COUNTERSIGN_PKCS11_MODULE to the token's module.")
    pin_file = os.environ.get(f"{PIN}_FILE")
    pin = Path(pin_file).read_text(encoding="utf-8").strip() if pin_file else getpass.getpass("PIN of the token: ")
    hsm.make(where["module"], where["token"], where["label"], pin)
    print(f"The key {where['label']!r} is in the token {where['token']!r}. Set COUNTERSIGN_WRAPPING=token and start again, then: countersign keys rewrap")
    return 0


def _wipe(path: Path) -> None:
    """Overwrite and remove a key's file; what a disk keeps below that is beyond us. Taken away first: half a key's file in its
    place would stop the broker."""
    path = path.rename(path.with_name(f"{path.name}.gone"))
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


# --- the kit -----------------------------------------------------------------------------------------------------------


def _make_kit(folder: Path) -> int:
    raw = _raw()
    key, at = wrapping.id_of(raw), _now()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, piece in enumerate(kit.split(raw), start=1):
        page = _card(piece, number, key, at)
        path = folder / f"kit-{number}-of-{kit.PIECES}.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(page)
        print(path)
    keykeeping.note_kit_made(OPERATOR, key, at=at)
    print("Print each for another officer, delete the files, then try them: countersign kit drill")
    return 0


def _card(piece: str, number: int, key: str, at: datetime) -> str:
    """A page to print: what it is, what to do with it, the words by number."""
    words = [f"{place:>2}. {word:<10}" for place, word in enumerate(piece.split(), start=1)]
    rows = ["    " + " ".join(words[start : start + 4]).rstrip() for start in range(0, len(words), 4)]
    return "\n".join([
        f"COUNTERSIGN · recovery kit of {settings.ORGANISATION} · {settings.ORIGIN}",
        f"Piece {number} of {kit.PIECES} · key {key} · made {at:%Y-%m-%d}", "", *rows, "",
        f"Any {kit.NEEDED} of the {kit.PIECES} pieces give back the key that opens every secret kept in Countersign.",
        "This piece alone gives nothing. Keep it where the other pieces are not, on paper only.",
        "To try it:  countersign kit drill        When the key's file is lost:  countersign kit restore",
        "The words follow SLIP-39; other programs can read them.", "",
    ])  # fmt: skip


def _raw() -> bytes:
    if settings.WRAPPING == "token":
        raise ValueError("The key never leaves its token, so it cannot be split. Use the token's own way of making a copy.")
    return wrapping.read(settings.WRAPPING_KEY)


def _drill() -> int:
    raw = kit.joined(_typed())
    key = wrapping.id_of(raw)
    now = client.ask(messages.ReloadKeys())
    if key != now.key_id:
        former = "It is a former key's: keep it as long as backups from its time, and print a new kit." if key in now.former else ""
        print(f"These pieces give {key}, and {now.key_id} is in use. {former}".strip(), file=sys.stderr)
        return 1
    keykeeping.note_kit_drilled(OPERATOR, key, at=_now())
    print(f"These two pieces give {key}, which is in use. Put them back.")
    return 0


def _restore() -> int:
    if settings.WRAPPING_KEY.exists():
        raise ValueError(f"{settings.WRAPPING_KEY.name} is there. Move it away first if it is the wrong one.")
    raw = kit.joined(_typed())
    wrapping.make(settings.WRAPPING_KEY, raw)
    print(f"{wrapping.id_of(raw)} is in its place again. Start the broker, then: countersign keys")
    return 0


def _typed() -> list[str]:
    """Two pieces from the terminal, unseen; or from two lines when something else feeds us."""
    if not sys.stdin.isatty():
        return [kit.require_piece(sys.stdin.readline()) for _piece in range(kit.NEEDED)]
    return [_one(number) for number in range(1, kit.NEEDED + 1)]


def _one(number: int) -> str:
    while True:
        try:
            return kit.require_piece(getpass.getpass(f"Piece {number}, all {kit.WORDS} words: "))
        except ValueError as error:
            print(f"{error} Try again.", file=sys.stderr)


def _now() -> datetime:
    return datetime.now(UTC)
