from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("accounts", "0013_first_passwords_in_halves")]

    operations = [ValidateConstraint(model_name="initialpassword", name="initial_password_given")]
