from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("standards", "0002_one_case_several_persons")]

    operations = [
        ValidateConstraint(model_name='standard', name='standard_published_by_a_person'),
    ]
