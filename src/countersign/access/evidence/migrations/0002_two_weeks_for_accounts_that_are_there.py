"""An account that was connected before evidence was asked for goes on publishing for two weeks: no upgrade stops it unsaid."""
from __future__ import annotations

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

_LASTS = timedelta(days=14)


def give_two_weeks(apps, schema_editor) -> None:
    now = timezone.now()
    Allowance = apps.get_model("evidence", "Allowance")
    for account in apps.get_model("grants", "Account").objects.filter(allowances=None).iterator():
        Allowance.objects.create(account=account, grounds="upgrade", given_at=now, ends_at=now + _LASTS)


def take_them_back(apps, schema_editor) -> None:
    apps.get_model("evidence", "Allowance").objects.filter(grounds="upgrade").delete()


class Migration(migrations.Migration):

    dependencies = [("evidence", "0001_begin")]

    operations = [migrations.RunPython(give_two_weeks, take_them_back)]
