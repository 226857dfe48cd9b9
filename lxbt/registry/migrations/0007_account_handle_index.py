from django.db import migrations, models

from lxbt.core.indexes import AddIndexAgain


class Migration(migrations.Migration):
    atomic = False  # accounts keep being changed meanwhile

    dependencies = [("registry", "0006_account_handle")]

    operations = [
        AddIndexAgain(
            model_name='bankaccount',
            index=models.Index(condition=models.Q(('handle__isnull', False), ('until__isnull', True)), fields=['handle'], name='account_handle'),
        ),
    ]
