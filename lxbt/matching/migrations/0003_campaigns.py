from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0002_suspicions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('plan', models.CharField(max_length=1000)),
                ('document_number', models.CharField(blank=True, max_length=100)),
                ('area', models.CharField(max_length=12)),
                ('rules', models.JSONField()),
                ('month', models.DateField(help_text='the month compared')),
                ('opens_on', models.DateField()),
                ('due_on', models.DateField(help_text='results are reported by then')),
                ('state', models.CharField(default='planned', max_length=10)),
                ('planned_by_id', models.BigIntegerField(null=True)),
                ('planned_by_name', models.CharField(blank=True, max_length=40)),
                ('dispatched_on', models.DateField(null=True)),
                ('rechecked_on', models.DateField(null=True)),
                ('closed_on', models.DateField(null=True)),
                ('summary', models.CharField(blank=True, max_length=1000)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='campaign_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('planned', 'running', 'verifying', 'rechecking', 'closed'))), name='campaign_state'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='campaign_month_first'), models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('opens_on'))), name='campaign_period'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('closed_on__isnull', False), models.Q(('summary', ''), _negated=True)), _connector='OR'), name='campaign_closed')],
            },
        ),
    ]
