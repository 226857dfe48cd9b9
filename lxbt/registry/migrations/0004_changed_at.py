from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0003_matching'),
    ]

    operations = [
        migrations.AddField(
            model_name='federationchange',
            name='changed_at',
            field=models.DateTimeField(help_text='there', null=True),
        ),
    ]
