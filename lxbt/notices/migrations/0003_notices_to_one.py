from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A notice may go to one account alone; found by index, made without locking anybody out."""

    atomic = False
    dependencies = [("notices", "0002_circulars")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="user_id",
            field=models.BigIntegerField(help_text="to this account alone, not to an office", null=True),
        ),
        AddIndexConcurrently(
            model_name="notice",
            index=models.Index(
                condition=Q(("user_id__isnull", False)), fields=["user_id", "-id"], name="notice_user"
            ),
        ),
    ]
