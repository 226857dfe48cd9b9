from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entitlements', '0003_validate'),
    ]

    operations = [
        migrations.CreateModel(
            name='Uncompared',
            fields=[
                ('person_id', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
    ]
