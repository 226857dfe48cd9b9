from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

ONE_PER_HOLDER = models.UniqueConstraint(
    condition=models.Q(("is_active", True)), fields=("holder", "organ", "place_code"), name="user_one_per_holder"
)


class Migration(migrations.Migration):
    """Indexes are made without locking anybody out, and rows of before are checked in a transaction of their own."""

    atomic = False
    dependencies = [("accounts", "0011_holders")]

    operations = [
        migrations.RunSQL("alter table accounts_user validate constraint user_holder_fk", migrations.RunSQL.noop),
        AddIndexConcurrently(model_name="user", index=models.Index(fields=["holder"], name="user_holder")),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddConstraint(model_name="user", constraint=ONE_PER_HOLDER)],
            database_operations=[
                migrations.RunSQL(
                    "create unique index concurrently if not exists user_one_per_holder"
                    " on accounts_user (holder_id, organ, place_code) where is_active",
                    "drop index user_one_per_holder",
                ),
            ],
        ),
    ]
