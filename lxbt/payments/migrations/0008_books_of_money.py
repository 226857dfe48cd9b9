import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Claims by month, orders frozen when approved, references by which a result tells what it answers."""

    dependencies = [
        ('payments', '0007_two_human_beings'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecoveryMonth',
            fields=[
                ('pk', models.CompositePrimaryKey('person_id', 'subsidy', 'right_month', 'batch_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('subsidy', models.CharField(max_length=6)),
                ('right_month', models.DateField()),
                ('batch_id', models.BigIntegerField(help_text='of the claim')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=9)),
                ('repaid', models.DecimalField(db_default=0, decimal_places=2, max_digits=9)),
                ('waived', models.DecimalField(db_default=0, decimal_places=2, help_text='waived or given up', max_digits=9)),
                ('lifted', models.DecimalField(db_default=0, decimal_places=2, help_text='due again after all, or sent back by the bank', max_digits=9)),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('subsidy', models.CharField(max_length=6)),
                ('right_month', models.DateField()),
                ('batch_id', models.BigIntegerField(help_text='of the claim')),
                ('kind', models.CharField(max_length=13)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=9)),
                ('from_waived', models.DecimalField(db_default=0, decimal_places=2, help_text='of it, what had been waived before', max_digits=9)),
                ('cause_id', models.BigIntegerField(null=True)),
                ('on', models.DateField()),
                ('by_id', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.SeparateDatabaseAndState(  # widened: what comes below allows all that this one does
            database_operations=[migrations.RunSQL(["-- squawk-ignore ban-drop-constraint\nalter table payments_line drop constraint line_state"], migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveConstraint(model_name='line', name='line_state')],
        ),
        migrations.SeparateDatabaseAndState(  # widened: what comes below allows all that this one does
            database_operations=[migrations.RunSQL(["-- squawk-ignore ban-drop-constraint\nalter table payments_recovery drop constraint recovery_state"], migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveConstraint(model_name='recovery', name='recovery_state')],
        ),
        migrations.SeparateDatabaseAndState(  # widened: what comes below allows all that this one does
            database_operations=[migrations.RunSQL(["-- squawk-ignore ban-drop-constraint\nalter table payments_recovery drop constraint recovery_whole"], migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveConstraint(model_name='recovery', name='recovery_whole')],
        ),
        migrations.AddField(
            model_name='batch',
            name='gross',
            field=models.DecimalField(decimal_places=2, help_text='sum of the positive items', max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='offset',
            field=models.DecimalField(decimal_places=2, help_text='taken back within lines', max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='page',
            field=models.JSONField(help_text='the figures of its page as they were when approved or returned', null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='settled',
            field=models.DecimalField(decimal_places=2, help_text='of it, what settles claims and is not ordered', max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='line',
            name='account_handle',
            field=models.BinaryField(help_text='of the account number that is paid into', null=True),
        ),
        migrations.AddField(
            model_name='line',
            name='reference',
            field=models.CharField(blank=True, db_default='', help_text='told to the bank and back by it', max_length=16),
        ),
        migrations.AddField(
            model_name='line',
            name='settled',
            field=models.DecimalField(db_default=0, decimal_places=2, help_text='of the items, what settles claims and is not ordered', max_digits=9),
        ),
        migrations.AddField(
            model_name='recovery',
            name='lifted',
            field=models.DecimalField(db_default=0, decimal_places=2, help_text='due again after all, or sent back by the bank', max_digits=9),
        ),
        migrations.AddField(
            model_name='recovery',
            name='waived',
            field=models.DecimalField(db_default=0, decimal_places=2, help_text='waived or given up', max_digits=9),
        ),
        migrations.AlterField(
            model_name='line',
            name='account_number',
            field=models.BigIntegerField(help_text='as drawn; a later correction does not change where this is paid'),
        ),
        migrations.AlterField(
            model_name='line',
            name='state',
            field=models.CharField(default='ready', max_length=9),
        ),
        migrations.AlterField(
            model_name='recovery',
            name='recovered',
            field=models.DecimalField(decimal_places=2, default=0, help_text='repaid by the person', max_digits=9),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='batch',
            trigger=pgtrigger.compiler.Trigger(name='figures_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (old.gross is not null and (old.total, old.recovery_total, old.item_count, old.line_count, old.line_total, old.gross, old.settled, old.offset) is distinct from (new.total, new.recovery_total, new.item_count, new.line_count, new.line_total, new.gross, new.settled, new.offset))', func="RAISE EXCEPTION 'the figures of an approved batch stay' USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_figures_stay';", hash='562817262e46ca246be7ce733fa41ff1b8331399', operation='UPDATE', pgid='pgtrigger_figures_stay_c3d0b', table='payments_batch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='line',
            trigger=pgtrigger.compiler.Trigger(name='order_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (row(old.person_id, old.batch_id, old.subsidy, old.row_no, old.reference, old.amount, old.account_number, old.account_handle) is distinct from row(new.person_id, new.batch_id, new.subsidy, new.row_no, new.reference, new.amount, new.account_number, new.account_handle))', func="RAISE EXCEPTION 'an approved order to the bank stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'line_order_stays';", hash='bd93dd3823fca770d32a68848b49f607e094b980', operation='UPDATE', pgid='pgtrigger_order_stays_62eac', table='payments_line', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('ready', 'sent', 'paid', 'failed', 'corrected', 'resent'))), name='line_state'),
        ),
        AddConstraintNotValid(
            model_name='recovery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('open', 'partly', 'recovered', 'offset', 'waived', 'unrecoverable', 'lifted'))), name='recovery_state'),
        ),
        AddConstraintNotValid(
            model_name='recovery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('recovered'), '+', models.F('waived')), '+', models.F('lifted'))), ('state__in', ('open', 'partly'))), models.Q(models.Q(('state__in', ('open', 'partly')), _negated=True), ('amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('recovered'), '+', models.F('waived')), '+', models.F('lifted')))), _connector='OR'), name='recovery_adds_up'),
        ),
        migrations.AddIndex(
            model_name='recoverymonth',
            index=models.Index(fields=['batch_id'], name='recovery_month_batch'),
        ),
        migrations.AddConstraint(
            model_name='recoverymonth',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('repaid__gte', 0), ('waived__gte', 0), ('lifted__gte', 0), ('amount__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('repaid'), '+', models.F('waived')), '+', models.F('lifted')))), name='recovery_month_adds_up'),
        ),
        migrations.AddIndex(
            model_name='recoverymove',
            index=models.Index(fields=['person_id'], name='recovery_move_person'),
        ),
        migrations.AddIndex(
            model_name='recoverymove',
            index=models.Index(condition=models.Q(('cause_id__isnull', False)), fields=['cause_id'], name='recovery_move_cause'),
        ),
        migrations.AddConstraint(
            model_name='recoverymove',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('restored', 'sent_back', 'recovered', 'offset', 'waived', 'unrecoverable'))), name='recovery_move_kind'),
        ),
        migrations.AddConstraint(
            model_name='recoverymove',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('from_waived__gte', 0), ('from_waived__lte', models.F('amount'))), name='recovery_move_amount'),
        ),
    ]
