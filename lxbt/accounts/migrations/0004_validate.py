from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own, so that nobody waits."""

    dependencies = [("accounts", "0003_grants_under_rights")]

    operations = [
        migrations.RunSQL("alter table accounts_appointment validate constraint appointment_under_fk", migrations.RunSQL.noop),
        ValidateConstraint(model_name='appointment', name='appointment_role'),
        ValidateConstraint(model_name='appointment', name='appointment_by_another'),
        ValidateConstraint(model_name='appointment', name='appointment_period'),
    ]
