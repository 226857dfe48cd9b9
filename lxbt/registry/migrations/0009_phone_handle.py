from django.db import migrations, models


class Migration(migrations.Migration):
    """The same telephone is found by its handle."""

    dependencies = [("registry", "0008_province_heard")]

    operations = [
        migrations.AddField(
            model_name='person',
            name='phone_handle',
            field=models.BinaryField(blank=True, help_text='HMAC-SM3 of the first telephone number: the same telephone, the same handle', null=True),
        ),
    ]
