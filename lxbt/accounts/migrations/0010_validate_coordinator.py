from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("accounts", "0009_coordinator")]

    operations = [ValidateConstraint(model_name='appointment', name='appointment_role')]
