"""Declared totals move here from `imports`, which lies above: the table keeps its rows and gets its new name."""

from django.db import migrations, models

RENAMED = (
    "-- squawk-ignore renaming-table\nalter table imports_declared rename to rollout_declared",
    "-- squawk-ignore renaming-object\nalter table rollout_declared rename constraint imports_declared_pkey to rollout_declared_pkey",
)  # `lxbt setup` upgrades while nothing else runs
BACK = (
    "alter table rollout_declared rename constraint rollout_declared_pkey to imports_declared_pkey",
    "alter table rollout_declared rename to imports_declared",
)


class Migration(migrations.Migration):
    dependencies = [("rollout", "0001_plan_and_progress"), ("imports", "0002_samples")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([sql], [back]) for sql, back in zip(RENAMED, reversed(BACK))],
            state_operations=[
                migrations.CreateModel(
                    name='Declared',
                    fields=[
                        ('pk', models.CompositePrimaryKey('payer_code', 'month', 'subsidy', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('payer_code', models.CharField(max_length=12)),
                        ('month', models.DateField()),
                        ('subsidy', models.CharField(max_length=6)),
                        ('persons', models.IntegerField()),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                        ('declared_by_id', models.BigIntegerField(null=True)),
                        ('declared_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('subsidy__in', ('living', 'care'))), name='declared_subsidy'), models.CheckConstraint(condition=models.Q(('persons__gte', 0), ('amount__gte', 0)), name='declared_amounts')],
                    },
                ),
            ],
        ),
    ]
