from django.db import migrations, models


class Migration(migrations.Migration):
    """The same account is found by its handle. Accounts of before have none until they are set again."""

    dependencies = [("registry", "0005_validate")]

    operations = [
        migrations.AddField(
            model_name='bankaccount',
            name='handle',
            field=models.BinaryField(blank=True, help_text='HMAC-SM3 of the account number: the same account, the same handle', null=True),
        ),
    ]
