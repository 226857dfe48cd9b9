from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("entitlements", "0002_months_before_the_system")]

    operations = [ValidateConstraint(model_name="entitlement", name="entitlement_state")]
