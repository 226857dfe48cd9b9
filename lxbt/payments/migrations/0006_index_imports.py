from django.db import migrations, models
from django.db.models import Q

from lxbt.core.indexes import AddIndexAgain


class Migration(migrations.Migration):
    """Batches of an import are found by index; made without locking anybody out."""

    atomic = False
    dependencies = [("payments", "0005_validate")]

    operations = [
        AddIndexAgain(model_name="batch", index=models.Index(fields=["import_id"], name="batch_import", condition=Q(import_id__isnull=False))),
    ]
