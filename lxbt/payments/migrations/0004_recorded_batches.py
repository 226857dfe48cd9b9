from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0003_validate'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(  # widened: the one below allows all that this one does
            database_operations=[migrations.RunSQL(["-- squawk-ignore ban-drop-constraint\nalter table payments_batch drop constraint batch_state"], migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveConstraint(model_name='batch', name='batch_state')],
        ),
        migrations.AddField(
            model_name='batch',
            name='import_id',
            field=models.BigIntegerField(help_text='the import that a `recorded` batch came with', null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='paying_organ',
            field=models.CharField(blank=True, db_default='', help_text='who paid at the time, for a `recorded` batch', max_length=40),
        ),
        AddConstraintNotValid(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('drawn', 'approved', 'sent', 'settled', 'returned', 'recorded'))), name='batch_state'),
        ),
    ]
