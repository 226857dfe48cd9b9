from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_samples"), ("rollout", "0002_declared_comes_from_imports")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Declared")])]
