from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="samples",
            field=models.BinaryField(help_text="the first rows of the sheet as they came, JSON, sealed", null=True),
        ),
    ]
