from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

KINDS = models.CheckConstraint(
    condition=models.Q(("kind__in", ["many", "night", "elsewhere", "limit", "export"])), name="unusual_kind"
)


class Migration(migrations.Migration):
    """Who exports many persons is to be asked about too."""

    dependencies = [("audit", "0007_keyed_seals")]

    operations = [
        migrations.SeparateDatabaseAndState(  # widened: the one below allows all that this one does
            database_operations=[
                migrations.RunSQL(
                    ["-- squawk-ignore ban-drop-constraint\nalter table audit_unusuallook drop constraint unusual_kind"],
                    migrations.RunSQL.noop,
                )
            ],
            state_operations=[migrations.RemoveConstraint(model_name="unusuallook", name="unusual_kind")],
        ),
        migrations.AlterField(
            model_name="unusuallook",
            name="kind",
            field=models.CharField(help_text="many, night, elsewhere, limit or export", max_length=10),
        ),
        AddConstraintNotValid(model_name="unusuallook", constraint=KINDS),
    ]
