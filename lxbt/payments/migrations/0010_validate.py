from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("payments", "0009_claims_by_month")]

    operations = [
        ValidateConstraint(model_name="line", name="line_state"),
        ValidateConstraint(model_name="recovery", name="recovery_state"),
        ValidateConstraint(model_name="recovery", name="recovery_adds_up"),
    ]
