from django.db import migrations, models

from lxbt.core.indexes import AddIndexAgain, drop_unfinished

ONE_PER_HOLDER = models.UniqueConstraint(
    condition=models.Q(("is_active", True)), fields=("holder", "organ", "place_code"), name="user_one_per_holder"
)


def whole_or_gone(_apps, editor):
    """An index whose making was killed is made anew."""
    drop_unfinished(editor, "user_one_per_holder")


class Migration(migrations.Migration):
    """Indexes are made without locking anybody out, and rows of before are checked in a transaction of their own."""

    atomic = False
    dependencies = [("accounts", "0011_holders")]

    operations = [
        migrations.RunSQL("alter table accounts_user validate constraint user_holder_fk", migrations.RunSQL.noop),
        AddIndexAgain(model_name="user", index=models.Index(fields=["holder"], name="user_holder")),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddConstraint(model_name="user", constraint=ONE_PER_HOLDER)],
            database_operations=[
                migrations.RunPython(whole_or_gone, migrations.RunPython.noop),
                migrations.RunSQL(
                    "create unique index concurrently if not exists user_one_per_holder"
                    " on accounts_user (holder_id, organ, place_code) where is_active",
                    "drop index user_one_per_holder",
                ),
            ],
        ),
    ]
