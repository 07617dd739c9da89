from django.db import migrations, models


def close(apps, _editor):
    rows = apps.get_model("review", "RosterProposal").objects.exclude(state="waiting")
    rows.update(closed_at=models.F("state_since"))


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0003_proposed_entries_have_a_life'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, close),
        migrations.RemoveField(
            model_name='rosterproposal',
            name='closed_at',
        ),
        migrations.AlterField(
            model_name='rosterproposal',
            name='state_since',
            field=models.DateTimeField(),
        ),
    ]
