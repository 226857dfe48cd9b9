from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('application_number', models.CharField(max_length=24)),
                ('decided_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('differs', models.BooleanField(help_text='by the newer facts the decision would be another')),
                ('details', models.JSONField(default=dict, help_text='{subsidy: [yuan a month as decided, by the newer facts]}')),
            ],
            options={
                'indexes': [models.Index(fields=['application_number'], name='recheck_application')],
                'constraints': [models.UniqueConstraint(fields=('person_id', 'application_number', 'received_at'), name='recheck_once')],
            },
        ),
    ]
