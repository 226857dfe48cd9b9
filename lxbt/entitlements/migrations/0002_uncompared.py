from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entitlements', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Uncompared',
            fields=[
                ('person_id', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
    ]
