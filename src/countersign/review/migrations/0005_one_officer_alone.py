import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0004_a_proposed_entry_ends_by_its_state'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='rosterproposal',
            name='asked_alone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rosterproposal',
            name='enters_from',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='rosterproposal',
            name='enters_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='rosterproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_alone_by__isnull', True), ('enters_from__isnull', True), ('enters_until__isnull', True)), models.Q(('asked_alone_by__isnull', False), ('enters_from__isnull', False), ('enters_until__isnull', False)), _connector='OR'), name='what_is_asked_alone_has_its_time'),
        ),
    ]
