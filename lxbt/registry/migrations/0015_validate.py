from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("registry", "0014_wider_facts")]

    operations = [
        ValidateConstraint(model_name="certificate", name="certificate_category_of_kind"),
        ValidateConstraint(model_name="certificate", name="certificate_grade_of_kind"),
    ]
