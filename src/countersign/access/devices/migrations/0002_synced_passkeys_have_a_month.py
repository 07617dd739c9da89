"""A passkey that its maker copies, and that signs today, goes on signing for thirty days: nobody is stopped by an upgrade."""
from __future__ import annotations

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

_LASTS = timedelta(days=30)


def give_a_month(apps, schema_editor) -> None:
    now = timezone.now()
    synced = apps.get_model("people", "Device").objects.filter(state="enrolled", credential__is_backup_eligible=True)
    Allowance = apps.get_model("devices", "Allowance")
    for device in synced.filter(credential__retired_at=None, allowances=None).iterator():
        Allowance.objects.create(device=device, given_at=now, ends_at=now + _LASTS)


def take_it_back(apps, schema_editor) -> None:
    apps.get_model("devices", "Allowance").objects.filter(proposal=None).delete()


class Migration(migrations.Migration):

    dependencies = [("devices", "0001_begin"), ("people", "0004_every_passkey_has_a_device")]

    operations = [migrations.RunPython(give_a_month, take_it_back)]
