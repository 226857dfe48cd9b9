from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits for it."""

    dependencies = [("payments", "0013_guards_of_claims")]

    operations = [ValidateConstraint(model_name="unmatchedrow", name="unmatched_handled")]
