from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from lxbt.core.indexes import AddIndexAgain


class Migration(migrations.Migration):
    """Rows of before are checked, and the index made, while lists keep coming."""

    atomic = False

    dependencies = [("matching", "0004_records_told")]

    operations = [
        AddIndexAgain(
            model_name='list',
            index=models.Index(condition=models.Q(('sender', ''), _negated=True), fields=['sender', 'kind', 'division_code'], name='list_sender'),
        ),
        ValidateConstraint(model_name='list', name='list_channel'),
    ]
