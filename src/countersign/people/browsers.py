"""A short name for a browser and its system, so that people know their own sessions again."""
from __future__ import annotations

from countersign.people.states import DeviceKind

BROWSERS = [
    ("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
]  # fmt: skip
SYSTEMS = [
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
]  # fmt: skip


def name_of(user_agent: str) -> str:
    """Such as `Firefox, Windows`; empty when nothing is recognised. Only a hint: a browser may say what it likes."""
    found = (next((name for mark, name in names if mark in user_agent), "") for names in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))


def kind_of(user_agent: str) -> DeviceKind:
    """What a browser seems to run on: what is chosen on a form until somebody chooses better."""
    if "iPad" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return DeviceKind.TABLET
    return DeviceKind.PHONE if "iPhone" in user_agent or "Android" in user_agent else DeviceKind.COMPUTER
