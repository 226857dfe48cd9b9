from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("payments", "0004_recorded_batches")]

    operations = [ValidateConstraint(model_name="batch", name="batch_state")]
