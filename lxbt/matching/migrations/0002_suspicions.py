import django.db.models.deletion
import django.db.models.functions.datetime
import lxbt.matching.rules
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Quiet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=4)),
                ('source', models.CharField(blank=True, help_text='empty: every source', max_length=20)),
                ('division_code', models.CharField(max_length=12)),
                ('reason', models.CharField(max_length=200)),
                ('since', models.DateField()),
                ('until', models.DateField(help_text='exclusive')),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(blank=True, max_length=40)),
                ('ended_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['rule', 'division_code'], name='quiet_rule')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='quiet_period'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='quiet_reason')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.CharField(max_length=12)),
                ('month', models.DateField()),
                ('on', models.DateField()),
                ('rules', models.JSONField()),
                ('total', models.PositiveIntegerField(default=0, help_text='counties')),
                ('done', models.JSONField(default=list)),
                ('found', models.JSONField(default=dict, help_text='{rule: {found, raised, known, quiet, lapsed}}')),
                ('campaign_id', models.BigIntegerField(null=True)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('by_id', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='run_area')],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('division_code', models.CharField(max_length=12)),
                ('rule', models.CharField(max_length=4)),
                ('source', models.CharField(max_length=20)),
                ('month', models.DateField()),
                ('severity', models.CharField(choices=[('high', 'HIGH'), ('middle', 'MIDDLE'), ('low', 'LOW')], max_length=8)),
                ('evidence', models.JSONField(default=dict)),
                ('raised_on', models.DateField()),
                ('ended_on', models.DateField(null=True)),
                ('answer', models.CharField(blank=True, max_length=200)),
                ('answered_by_id', models.BigIntegerField(null=True)),
                ('answered_by_name', models.CharField(blank=True, max_length=40)),
                ('answered_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['division_code', '-raised_on'], name='signal_place')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('division_code', 'rule', 'source', 'month'), name='signal_once')],
            },
        ),
        migrations.CreateModel(
            name='Suspicion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('rule', models.CharField(max_length=4)),
                ('source', models.CharField(max_length=20)),
                ('side', models.CharField(choices=[('over', 'OVER'), ('under', 'UNDER'), ('process', 'PROCESS')], max_length=8)),
                ('severity', models.CharField(choices=[('high', 'HIGH'), ('middle', 'MIDDLE'), ('low', 'LOW')], max_length=8)),
                ('division_code', models.CharField(help_text='township of the household', max_length=12)),
                ('county_code', models.CharField(help_text='the body that confirms', max_length=12)),
                ('state', models.CharField(choices=[('raised', 'RAISED'), ('dispatched', 'DISPATCHED'), ('verifying', 'VERIFYING'), ('concluded', 'CONCLUDED'), ('confirmed', 'CONFIRMED'), ('closed', 'CLOSED'), ('lapsed', 'LAPSED')], default=lxbt.matching.rules.State['RAISED'], max_length=12)),
                ('fuzzy', models.BooleanField(default=False, help_text='met by name or likelihood only')),
                ('evidence', models.JSONField(default=list, help_text='what both sides say')),
                ('digest', models.CharField(help_text='of the facts it rests on: the same facts, the same suspicion', max_length=32)),
                ('months', models.JSONField(default=dict, help_text='{subsidy: {YYYY-MM: yuan}}: too much, or too little, was paid')),
                ('since_month', models.DateField(help_text='the first month claimed', null=True)),
                ('first_month', models.DateField(null=True)),
                ('last_month', models.DateField(null=True)),
                ('month_count', models.PositiveSmallIntegerField(default=0)),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                ('raised_on', models.DateField()),
                ('dispatched_on', models.DateField(null=True)),
                ('due_on', models.DateField(help_text='last working day for the township', null=True)),
                ('climbed', models.PositiveSmallIntegerField(default=0, help_text='how many levels above were told that it is late')),
                ('outcome', models.CharField(blank=True, choices=[('true', 'TRUE'), ('false', 'FALSE'), ('partly', 'PARTLY'), ('unverifiable', 'UNVERIFIABLE')], max_length=12)),
                ('measure', models.CharField(blank=True, choices=[('stop', 'STOP'), ('suspend', 'SUSPEND'), ('arrears', 'ARREARS'), ('correct', 'CORRECT'), ('invite', 'INVITE'), ('none', 'NONE')], max_length=8)),
                ('measure_month', models.DateField(help_text='stop, suspend or arrears from here', null=True)),
                ('basis', models.CharField(blank=True, help_text='why nothing is done, or what was put right', max_length=200)),
                ('way', models.CharField(blank=True, max_length=8)),
                ('concluded_by_id', models.BigIntegerField(null=True)),
                ('concluded_on', models.DateField(null=True)),
                ('confirmed_by_id', models.BigIntegerField(null=True)),
                ('confirmed_on', models.DateField(null=True)),
                ('sampled_on', models.DateField(null=True)),
                ('closed_on', models.DateField(null=True)),
                ('stopped_month', models.DateField(help_text='payment was suspended from here by itself, as a setting says', null=True)),
                ('campaign_id', models.BigIntegerField(null=True)),
                ('run_id', models.BigIntegerField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['division_code', 'state', 'due_on'], name='suspicion_inbox'), models.Index(fields=['person_id'], name='suspicion_person'), models.Index(fields=['division_code', 'rule', 'raised_on'], name='suspicion_rule'), models.Index(condition=models.Q(('campaign_id__isnull', False)), fields=['campaign_id', 'division_code'], name='suspicion_campaign')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', (lxbt.matching.rules.State['RAISED'], lxbt.matching.rules.State['DISPATCHED'], lxbt.matching.rules.State['VERIFYING'], lxbt.matching.rules.State['CONCLUDED'], lxbt.matching.rules.State['CONFIRMED']))), fields=('person_id', 'rule', 'source'), name='suspicion_open_once'), models.CheckConstraint(condition=models.Q(('state__in', [lxbt.matching.rules.State['RAISED'], lxbt.matching.rules.State['DISPATCHED'], lxbt.matching.rules.State['VERIFYING'], lxbt.matching.rules.State['CONCLUDED'], lxbt.matching.rules.State['CONFIRMED'], lxbt.matching.rules.State['CLOSED'], lxbt.matching.rules.State['LAPSED']])), name='suspicion_state'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', lxbt.matching.rules.Outcome['TRUE'], lxbt.matching.rules.Outcome['FALSE'], lxbt.matching.rules.Outcome['PARTLY'], lxbt.matching.rules.Outcome['UNVERIFIABLE']]), ('measure__in', ['', lxbt.matching.rules.Measure['STOP'], lxbt.matching.rules.Measure['SUSPEND'], lxbt.matching.rules.Measure['ARREARS'], lxbt.matching.rules.Measure['CORRECT'], lxbt.matching.rules.Measure['INVITE'], lxbt.matching.rules.Measure['NONE']])), name='suspicion_outcome'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['concluded', 'confirmed', 'closed']), _negated=True), models.Q(models.Q(('outcome', ''), _negated=True), models.Q(('measure', ''), _negated=True)), _connector='OR'), name='suspicion_concluded'), models.CheckConstraint(condition=models.Q(models.Q(('measure', 'none'), _negated=True), models.Q(('basis', ''), _negated=True), _connector='OR'), name='suspicion_nothing_needs_a_basis'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', False), ('state__in', (lxbt.matching.rules.State['CLOSED'], lxbt.matching.rules.State['LAPSED']))), models.Q(models.Q(('state__in', (lxbt.matching.rules.State['CLOSED'], lxbt.matching.rules.State['LAPSED'])), _negated=True), ('closed_on__isnull', True)), _connector='OR'), name='suspicion_closed'), models.CheckConstraint(condition=models.Q(('state__in', [lxbt.matching.rules.State['RAISED'], lxbt.matching.rules.State['LAPSED']]), ('dispatched_on__isnull', False), _connector='OR'), name='suspicion_dispatched'), models.CheckConstraint(condition=models.Q(('confirmed_by_id__isnull', True), ('concluded_by_id__isnull', True), models.Q(('confirmed_by_id', models.F('concluded_by_id')), _negated=True), _connector='OR'), name='suspicion_confirmed_by_another')],
            },
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('document_id', models.BigIntegerField()),
                ('latitude', models.DecimalField(decimal_places=5, max_digits=8, null=True)),
                ('longitude', models.DecimalField(decimal_places=5, max_digits=8, null=True)),
                ('note', models.CharField(blank=True, max_length=100)),
                ('added_at', models.DateTimeField()),
                ('added_by_id', models.BigIntegerField()),
                ('suspicion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.suspicion')),
            ],
            options={
                'indexes': [models.Index(fields=['suspicion', 'id'], name='proof_suspicion')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('photo', 'paper'))), name='proof_kind')],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('act', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(blank=True, max_length=40)),
                ('place_code', models.CharField(blank=True, max_length=12)),
                ('opinion', models.CharField(blank=True, max_length=500)),
                ('details', models.JSONField(default=dict)),
                ('suspicion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.suspicion')),
            ],
            options={
                'indexes': [models.Index(fields=['suspicion', 'id'], name='act_suspicion')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='act',
            trigger=pgtrigger.compiler.Trigger(name='act_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6e55388590c844c2bb633085914a92f6b0de290f', operation='UPDATE OR DELETE', pgid='pgtrigger_act_kept_26b08', table='matching_act', when='BEFORE')),
        ),
    ]
