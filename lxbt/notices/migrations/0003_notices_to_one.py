from django.db import migrations, models
from django.db.models import Q

from lxbt.core.indexes import AddIndexAgain


class Migration(migrations.Migration):
    """A notice may go to one account alone; found by index, made without locking anybody out."""

    atomic = False
    dependencies = [("notices", "0002_circulars")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name="notice",
                    name="user_id",
                    field=models.BigIntegerField(help_text="to this account alone, not to an office", null=True),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    "alter table notices_notice add column if not exists user_id bigint null",
                    "alter table notices_notice drop column user_id",
                ),
            ],
        ),
        AddIndexAgain(
            model_name="notice",
            index=models.Index(
                condition=Q(("user_id__isnull", False)), fields=["user_id", "-id"], name="notice_user"
            ),
        ),
    ]
