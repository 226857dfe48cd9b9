from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("audit", "0008_exports_are_looks")]

    operations = [ValidateConstraint(model_name="unusuallook", name="unusual_kind")]
