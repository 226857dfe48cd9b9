from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own."""

    dependencies = [('standards', '0006_national_bounds')]

    operations = [
        ValidateConstraint(model_name='parameter', name='parameter_until'),
        migrations.RunSQL(
            'alter table standards_dibaostandard validate constraint dibaostandard_drafted_by_fk;'
            ' alter table standards_parameter validate constraint parameter_drafted_by_fk',
            migrations.RunSQL.noop,
        ),
    ]
