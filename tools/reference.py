"""docs/reference.md, made from the code: rights and roles, settings, events, lives, what each network can do."""
from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countersign.config.settings")

SETTINGS = {
    "COUNTERSIGN_ALLOWED_HOSTS": "further host names people may use, between commas",
    "COUNTERSIGN_BROKER": "folder of the broker's own file",
    "COUNTERSIGN_DATA": "folder of the database, the pictures and the sealed originals",
    "COUNTERSIGN_DATABASE": "`sqlite` or `postgresql`",
    "COUNTERSIGN_KEYS": "folder of keys; outside every backup of the data",
    "COUNTERSIGN_LEASE_SECONDS": "how long a worker's claim of a delivery stands before it is looked into",
    "COUNTERSIGN_LISTEN_HOST": "the address the web process listens on",
    "COUNTERSIGN_LISTEN_PORT": "the port the web process listens on",
    "COUNTERSIGN_LOOPBACK_ORIGINS": "further servers on loopback the broker may speak to, between commas; for trying things out",
    "COUNTERSIGN_MAIL_FROM": "whom mails come from",
    "COUNTERSIGN_MAILBOX_CA": "a file of further certificates that the broker trusts for mail servers; those of the system count in any case",
    "COUNTERSIGN_MARK": "file that says how far the broker's own file had come; outside every backup, so that it shows when one was put back",
    "COUNTERSIGN_NOT_COMPLIANT": "`show` (a device that device management reports as not compliant is shown so) or `lock` (it is locked)",
    "COUNTERSIGN_ORGANISATION": "your organisation's name",
    "COUNTERSIGN_ORIGIN": "the address people use; every passkey is bound to its host name",
    "COUNTERSIGN_PG_HOST": "PostgreSQL: host",
    "COUNTERSIGN_PG_NAME": "PostgreSQL: database",
    "COUNTERSIGN_PG_PASSWORD": "PostgreSQL: password; better in a file, by COUNTERSIGN_PG_PASSWORD_FILE",
    "COUNTERSIGN_PG_POOL": "PostgreSQL: how many connections each of our processes may open",
    "COUNTERSIGN_PG_PORT": "PostgreSQL: port",
    "COUNTERSIGN_PG_USER": "PostgreSQL: user",
    "COUNTERSIGN_PLC_ORIGIN": "where AT Protocol identities are looked up, when not at plc.directory",
    "COUNTERSIGN_PRACTICE_ORIGIN": "the practice network's own address",
    "COUNTERSIGN_RECALL_SECONDS": "how long an approved post waits before it goes out",
    "COUNTERSIGN_RESOLVERS": "addresses of the name servers that the broker asks (`192.0.2.53` or `192.0.2.53:53`, commas between); the system's own by default",
    "COUNTERSIGN_RUN": "folder of the broker's socket and of collected static files",
    "COUNTERSIGN_SECRET_KEY": "key of the web process's own signatures; made in a file when not given",
    "COUNTERSIGN_SMTP_HOST": "outgoing mail; without it mails are written to files",
    "COUNTERSIGN_SMTP_PORT": "port of outgoing mail",
    "COUNTERSIGN_SQLITE": "the SQLite file",
    "COUNTERSIGN_SYNCED_PASSKEYS": "`except` (a passkey that its maker copies to other devices signs only under an exception that two people accepted) or `allow`",
    "COUNTERSIGN_TIME_ZONE": "time zone of pages",
    "COUNTERSIGN_PKCS11_KEY": "label of the wrapping key in the token",
    "COUNTERSIGN_PKCS11_MODULE": "the token's PKCS#11 module, a shared library",
    "COUNTERSIGN_PKCS11_TOKEN": "label of the token",
    "COUNTERSIGN_WRAPPING": "where the wrapping key is: `file`, `credential` (systemd hands it to the broker) or `token` (PKCS#11)",
    "COUNTERSIGN_WRAPPING_KEY": "file of the wrapping key, 0400, read by the broker alone",
}


def settings() -> list[str]:
    """Every setting that the settings file reads."""
    text = (ROOT / "src/countersign/config/settings.py").read_text()
    return sorted(set(re.findall(r'"(COUNTERSIGN_[A-Z_]+)"', text)))


def rights() -> list[str]:
    """Every right."""
    from countersign.access.grants.rights import Right

    return sorted(right.value for right in Right)


def events() -> list[str]:
    """Every event of the log."""
    from countersign.audit.events import SENTENCES

    return sorted(SENTENCES)


def lives() -> dict[str, list[str]]:
    """The states of everything that has a life."""
    return {name: [str(state) for state in life.moves] for name, life in _lifecycles().items()}


def _lifecycles() -> dict[str, object]:
    from countersign.access.departures.states import DEPARTURE
    from countersign.access.grants.states import ACCOUNT
    from countersign.content.comments.states import COMMENT
    from countersign.content.posts.states import DELIVERY, POST
    from countersign.people.states import PERSON
    from countersign.policy.charter.states import CHARTER
    from countersign.review.states import ENTRY

    return {
        "account": ACCOUNT, "charter": CHARTER, "comment": COMMENT, "delivery": DELIVERY, "departure": DEPARTURE, "entry": ENTRY,
        "person": PERSON, "post": POST,
    }  # fmt: skip


def page() -> str:
    """The whole page."""
    import django

    django.setup()
    from countersign.access.grants.rights import ROLE_WORDS, ROLES
    from countersign.audit.events import SENTENCES
    from countersign.networks.registry import NAMES, table

    out = ["# Reference", "", "Made from the code by `python -m tools.reference`; the tests fail when it is out of date.", ""]
    out += ["## What each network can do", "", "| | " + " | ".join(NAMES.values()) + " |", "|---" * (len(NAMES) + 1) + "|"]
    out += [f"| {row.deed} | " + " | ".join("yes" if row.possible[n] else "by hand, there" for n in NAMES) + " |" for row in table()]
    out += ["", "## Roles and rights", ""]
    for role, (name, does) in ROLE_WORDS.items():
        out.append(f"- **{name}** ({does}): " + ", ".join(f"`{right.value}`" for right in sorted(ROLES[role])))
    out += ["", "All rights: " + ", ".join(f"`{right}`" for right in rights()), ""]
    out += ["## Settings", "", "Read from the environment, once, at the start. Any of them may come from a file: `NAME_FILE`.", ""]
    out += [f"- `{name}`: {SETTINGS[name]}" for name in settings()]
    out += ["", "## Events of the log", ""]
    out += [f"- `{name}`: {sentence}" for name, sentence in sorted(SENTENCES.items())]
    out += ["", "## Lives", ""]
    for name, life in _lifecycles().items():
        out += [f"### {name.capitalize()}", "", ", ".join(f"`{name}.{state}`" for state in lives()[name]), ""]
        out += ["```mermaid", life.mermaid(), "```", ""]  # type: ignore[attr-defined]  # every value is a Lifecycle
    return "\n".join(out)


if __name__ == "__main__":
    (ROOT / "docs" / "reference.md").write_text(page())
    print("docs/reference.md is written.")
