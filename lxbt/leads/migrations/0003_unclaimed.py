from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0002_recheck'),
    ]

    operations = [
        migrations.AlterField(
            model_name='lead',
            name='kind',
            field=models.CharField(choices=[('new', 'NEW'), ('gained', 'GAINED'), ('renewed', 'RENEWED'), ('moved_in', 'MOVED_IN'), ('expiring', 'EXPIRING'), ('expired', 'EXPIRED'), ('unclaimed', 'UNCLAIMED')], max_length=12),
        ),
    ]
