from django.db import migrations, models


class Migration(migrations.Migration):
    """Comparisons and trials that somebody asked for, for the background to take up."""

    dependencies = [
        ('matching', '0005_list_senders'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='asked',
            field=models.BooleanField(db_default=False, default=False, help_text='somebody asked for it on a page: the background takes it up'),
        ),
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=4)),
                ('setting', models.JSONField(help_text='empty: as it is set', null=True)),
                ('area', models.CharField(max_length=12)),
                ('month', models.DateField()),
                ('on', models.DateField()),
                ('total', models.PositiveIntegerField(default=0, help_text='counties')),
                ('done', models.JSONField(default=list)),
                ('persons', models.PositiveIntegerField(default=0)),
                ('months', models.PositiveIntegerField(default=0)),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('verified_true', models.PositiveIntegerField(default=0)),
                ('verified_false', models.PositiveIntegerField(default=0)),
                ('examples', models.JSONField(default=list, help_text='[person, source, yuan] of those with the most')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('by_id', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['by_id', 'rule', '-id'], name='trial_latest'), models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['id'], name='trial_waiting')],
            },
        ),
    ]
