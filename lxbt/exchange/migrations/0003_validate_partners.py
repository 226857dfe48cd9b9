from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Partners of before are checked in a transaction of their own."""

    dependencies = [("exchange", "0002_listers")]

    operations = [
        ValidateConstraint(model_name='partner', name='partner_kind'),
        ValidateConstraint(model_name='partner', name='partner_answers'),
    ]
