from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entitlements', '0001_initial'),
        ('registry', '0005_validate'),
    ]

    operations = [
        migrations.CreateModel(
            name='PastChange',
            fields=[
                ('pk', models.CompositePrimaryKey('person_id', 'subsidy', 'month', 'kind', 'import_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('subsidy', models.CharField(max_length=6)),
                ('month', models.DateField(help_text='the first month that it holds for')),
                ('kind', models.CharField(max_length=10)),
                ('import_id', models.BigIntegerField()),
                ('old_value', models.CharField(blank=True, max_length=60)),
                ('new_value', models.CharField(blank=True, max_length=60)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_on', models.DateField(null=True)),
                ('doubts', models.JSONField(default=list, help_text='codes of what the payments of the time contradict')),
            ],
            options={
                'indexes': [models.Index(fields=['import_id'], name='past_change_import')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('subsidy__in', ('living', 'care'))), name='past_change_subsidy'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ('new', 'stop', 'rise', 'grade', 'suspend', 'resume', 'move_in', 'move_out', 'other'))), name='past_change_kind'),
                    models.CheckConstraint(condition=models.Q(('month__day', 1)), name='past_change_month'),
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(  # widened: the one below allows all that this one does
            database_operations=[migrations.RunSQL(["-- squawk-ignore ban-drop-constraint\nalter table entitlements_entitlement drop constraint entitlement_state"], migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveConstraint(model_name='entitlement', name='entitlement_state')],
        ),
        AddConstraintNotValid(
            model_name='entitlement',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['granted', 'suspended', 'past'])), name='entitlement_state'),
        ),
    ]
