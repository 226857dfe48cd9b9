from django.db import migrations, models

from lxbt.core.indexes import AddIndexAgain


class Migration(migrations.Migration):
    """What hangs on a right is found by index; made without locking anybody out."""

    atomic = False
    dependencies = [("accounts", "0004_validate")]

    operations = [AddIndexAgain(model_name="appointment", index=models.Index(fields=["under"], name="appointment_under"))]
