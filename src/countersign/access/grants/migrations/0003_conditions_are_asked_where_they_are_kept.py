"""No copy of an account's conditions: the gate asks the package that keeps their records (see decision 19)."""
from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("grants", "0002_conditions")]

    operations = [migrations.DeleteModel("Condition")]
