from django.db import migrations, models


def fill(apps, _editor):
    proposal, entry = apps.get_model("review", "RosterProposal"), apps.get_model("review", "RosterEntry")
    entered = set(entry.objects.values_list("head", flat=True))
    for row in proposal.objects.filter(state_since__isnull=True):
        row.state = "waiting" if row.closed_at is None else "entered" if row.head in entered else "withdrawn"
        row.state_since = row.closed_at or row.proposed_at
        row.save(update_fields=["state", "state_since"])


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0002_proposals'),
    ]

    operations = [
        migrations.AddField(
            model_name='rosterproposal',
            name='state',
            field=models.CharField(default='waiting', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='rosterproposal',
            name='state_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
