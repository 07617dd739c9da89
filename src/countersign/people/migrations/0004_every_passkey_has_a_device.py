"""Every passkey there is becomes a device, and whoever is signed in goes on in theirs.

A person who has a code generator and no passkey gets one device that takes the next browser in which they sign in with
their code as its own: nobody could give a browser its cookie while the program was being upgraded.
"""
from __future__ import annotations

import secrets
import uuid

from django.db import migrations
from django.utils import timezone

_CARRIED = {"usb", "nfc", "ble"}  # a key that is plugged in or held against


def _kind(credential) -> str:
    transports = set(credential.transports or [])
    if transports and transports <= _CARRIED:
        return "key"
    return "phone" if any(word in credential.name for word in ("iPhone", "Android", "Phone")) else "computer"


def make_devices(apps, schema_editor) -> None:
    Credential, Device, Session, Totp = (apps.get_model("people", name) for name in ("Credential", "Device", "Session", "Totp"))
    now = timezone.now()
    for one in Credential.objects.filter(device=None).order_by("pk").iterator():
        Device.objects.create(
            uid=uuid.uuid4(), person_id=one.person_id, name=one.name, kind=_kind(one), owner="", credential=one,
            state="retired" if one.retired_at else "enrolled", state_since=one.retired_at or now, asked_at=one.created_at,
            first_seen_at=one.created_at, last_seen_at=one.last_used_at or one.created_at,
        )
    for totp in Totp.objects.filter(retired_at=None).order_by("pk").iterator():
        if not Device.objects.filter(person_id=totp.person_id, state="enrolled").exists():
            Device.objects.create(
                uid=uuid.uuid4(), person_id=totp.person_id, name="", kind="computer", owner="", state="enrolled",
                state_since=now, asked_at=totp.created_at, cookie_hash=f"awaits:{secrets.token_hex(24)}",
            )
    for session in Session.objects.filter(ended_at=None, device=None).exclude(person=None).iterator():
        mine = Device.objects.filter(person_id=session.person_id, state="enrolled")
        device = mine.order_by("-last_seen_at", "-pk").first()  # which passkey it was, nobody wrote down: the newest used
        if device is not None:
            Session.objects.filter(pk=session.pk).update(device=device.uid)


def unmake_devices(apps, schema_editor) -> None:
    apps.get_model("people", "Session").objects.update(device=None)
    apps.get_model("people", "Device").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("people", "0003_devices_say_where_they_were_asked")]

    operations = [migrations.RunPython(make_devices, unmake_devices)]
