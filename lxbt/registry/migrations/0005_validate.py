from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("registry", "0004_changed_at")]

    operations = [
        ValidateConstraint(model_name='person', name='person_joined_to_another'),
    ]
