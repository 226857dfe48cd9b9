import django.db.models.deletion
import lxbt.leads.rules
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('division_code', models.CharField(help_text='the township', max_length=12)),
                ('kind', models.CharField(choices=[('new', 'NEW'), ('gained', 'GAINED'), ('renewed', 'RENEWED'), ('moved_in', 'MOVED_IN'), ('expiring', 'EXPIRING'), ('expired', 'EXPIRED')], max_length=12)),
                ('subsidies', models.JSONField(help_text='what a right would exist to, or is held')),
                ('about_on', models.DateField(help_text='day of issue, of the end of the certificate, of the move')),
                ('basis', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('open', 'OPEN'), ('reminded', 'REMINDED'), ('unreachable', 'UNREACHABLE'), ('applied', 'APPLIED'), ('declined', 'DECLINED'), ('not_entitled', 'NOT_ENTITLED'), ('closed', 'CLOSED')], default=lxbt.leads.rules.State['OPEN'], max_length=12)),
                ('opened_on', models.DateField()),
                ('due_on', models.DateField(help_text='last working day for the first reminder; for an ending certificate, for the next one')),
                ('asked', models.PositiveSmallIntegerField(default=1, help_text='how many reminders are due by now')),
                ('reminders', models.PositiveSmallIntegerField(default=0, help_text='how many were given')),
                ('closed_on', models.DateField(null=True)),
                ('closed_basis', models.CharField(blank=True, max_length=200)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['division_code', 'state', 'due_on'], name='lead_inbox'), models.Index(condition=models.Q(('state__in', (lxbt.leads.rules.State['OPEN'], lxbt.leads.rules.State['REMINDED'], lxbt.leads.rules.State['UNREACHABLE']))), fields=['person_id'], name='lead_active')],
                'constraints': [models.UniqueConstraint(fields=('person_id', 'kind', 'about_on'), name='lead_once'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('state__in', (lxbt.leads.rules.State['OPEN'], lxbt.leads.rules.State['REMINDED'], lxbt.leads.rules.State['UNREACHABLE']))), models.Q(models.Q(('state__in', (lxbt.leads.rules.State['OPEN'], lxbt.leads.rules.State['REMINDED'], lxbt.leads.rules.State['UNREACHABLE'])), _negated=True), ('closed_on__isnull', False)), _connector='OR'), name='lead_closed')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('on', models.DateField()),
                ('way', models.CharField(max_length=8)),
                ('outcome', models.CharField(max_length=12)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('by_id', models.BigIntegerField()),
                ('by_name', models.CharField(max_length=40)),
                ('recorded_at', models.DateTimeField()),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.lead')),
            ],
            options={
                'indexes': [models.Index(fields=['lead', 'id'], name='reminder_lead')],
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ('phone', 'visit', 'message', 'letter', 'village'))), name='reminder_way'), models.CheckConstraint(condition=models.Q(('outcome__in', ('will_apply', 'declined', 'unreachable', 'not_entitled'))), name='reminder_outcome')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='reminder_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='72ae5542bbb7b2fe98ea373f6316557daf429fd3', operation='UPDATE OR DELETE', pgid='pgtrigger_reminder_kept_e7202', table='leads_reminder', when='BEFORE')),
        ),
    ]
