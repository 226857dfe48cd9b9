import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


# Grants of before stand under the administrator's right that their giver holds.
GIVERS = """
update accounts_appointment a set under_id = g.id
from accounts_appointment g
where a.granted_by_id is not null and g.user_id = a.granted_by_id and g.role = 'administrator' and g.until is null
"""


class Migration(migrations.Migration):
    """Grants stand under the right of their giver; sheets of accounts; first passwords that wait to be printed."""

    dependencies = [
        ('accounts', '0002_signing_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('digest', models.BinaryField(help_text='SM3 of the file')),
                ('place_code', models.CharField(help_text='of the administrator who sent it', max_length=12)),
                ('by_id', models.BigIntegerField()),
                ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('planned', 'PLANNED'), ('opening', 'OPENING'), ('done', 'DONE'), ('dropped', 'DROPPED')], default='planned', max_length=8)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='BothOrgans',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('division_code', models.CharField(max_length=12)),
                ('since', models.DateField()),
                ('allowed', models.BooleanField()),
                ('set_by_id', models.BigIntegerField(null=True)),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='InitialPassword',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('sealed', models.BinaryField(null=True)),
                ('state', models.CharField(choices=[('waiting', 'WAITING'), ('printed', 'PRINTED'), ('expired', 'EXPIRED')], default='waiting', max_length=8)),
                ('made_on', models.DateField()),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('sheet', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.accountsheet')),
            ],
        ),
        migrations.CreateModel(
            name='SheetRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_no', models.IntegerField(help_text='as the spreadsheet counts')),
                ('cells', models.JSONField(help_text="the sender's own cells")),
                ('wanted', models.JSONField(default=dict, help_text='username, name, organ, place, roles, until, phone as read')),
                ('state', models.CharField(choices=[('open', 'OPEN'), ('same', 'SAME'), ('error', 'ERROR'), ('opened', 'OPENED')], max_length=8)),
                ('column', models.CharField(blank=True, help_text='the column that is wrong', max_length=12)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('user_id', models.BigIntegerField(null=True)),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='accounts.accountsheet')),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveConstraint(model_name='appointment', name='appointment_role')],
            database_operations=[  # a wider one follows below
                migrations.RunSQL(
                    ['-- squawk-ignore ban-drop-constraint\nalter table accounts_appointment drop constraint appointment_role'], migrations.RunSQL.noop
                ),
            ],
        ),
        migrations.AddField(
            model_name='appointment',
            name='ended_by_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='ended_for',
            field=models.CharField(blank=True, db_default='', default='', help_text="taken, left, moved, disabled, lapsed (with the giver's right)", max_length=12),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name='appointment',
                    name='under',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.appointment'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    'alter table accounts_appointment add column under_id bigint null;'
                    ' alter table accounts_appointment add constraint appointment_under_fk foreign key (under_id) references accounts_appointment (id)'
                    ' deferrable initially deferred not valid',
                    'alter table accounts_appointment drop column under_id',
                ),
            ],
        ),
        migrations.RunSQL(GIVERS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='user',
            name='confirmed_on',
            field=models.DateField(help_text='the last yearly confirmation; empty: counts from opening', null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='disabled_for',
            field=models.CharField(blank=True, choices=[('by_hand', 'BY_HAND'), ('left', 'LEFT'), ('unused', 'UNUSED'), ('unconfirmed', 'UNCONFIRMED')], db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='user',
            name='disabled_note',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='user',
            name='disabled_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='enabled_on',
            field=models.DateField(help_text='when it was last enabled again', null=True),
        ),
        migrations.AlterField(
            model_name='appointment',
            name='role',
            field=models.CharField(choices=[('clerk', '受理初审'), ('reviewer', '残联审核'), ('decider', '民政审定'), ('payment_officer', '发放编制'), ('payment_approver', '发放复核'), ('standard_drafter', '标准起草'), ('standard_publisher', '标准发布'), ('supervisor', '督导查询'), ('analyst', '监测统计'), ('administrator', '系统管理'), ('security_administrator', '安全管理'), ('auditor', '审计查询')], max_length=24),
        ),
        migrations.AlterField(
            model_name='appointment',
            name='until',
            field=models.DateField(blank=True, help_text='exclusive', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='apart', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.until <= NEW.since THEN RETURN NULL; END IF;\n    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;\n    IF EXISTS (\n        SELECT 1 FROM accounts_appointment a\n        WHERE a.user_id = NEW.user_id AND a.id <> NEW.id\n          AND (a.until IS NULL OR (a.until > NEW.since AND a.until > a.since)) AND (NEW.until IS NULL OR a.since < NEW.until)\n          AND ((a.role = NEW.role AND a.division_code = NEW.division_code) OR (a.role, NEW.role) IN (VALUES ('administrator', 'auditor'), ('auditor', 'administrator'), ('administrator', 'security_administrator'), ('security_administrator', 'administrator'), ('auditor', 'security_administrator'), ('security_administrator', 'auditor'), ('clerk', 'decider'), ('decider', 'clerk'), ('clerk', 'reviewer'), ('reviewer', 'clerk'), ('payment_approver', 'payment_officer'), ('payment_officer', 'payment_approver'), ('standard_drafter', 'standard_publisher'), ('standard_publisher', 'standard_drafter')))\n    ) THEN\n        RAISE EXCEPTION 'the account holds % or what must not go with it', NEW.role USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';\n    END IF;\n    RETURN NULL;\n", hash='b5ea4033ba0ef341e7deaa5e9c3cf63b1fdd02f3', operation='INSERT OR UPDATE', pgid='pgtrigger_apart_67149', table='accounts_appointment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='within_giver', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.under_id IS NOT NULL AND (NEW.until IS NULL OR NEW.until > NEW.since) AND EXISTS (\n        SELECT 1 FROM accounts_appointment g\n        WHERE g.id = NEW.under_id AND (g.role <> 'administrator' OR (g.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > g.until)))\n    ) THEN\n        RAISE EXCEPTION 'the grant outlasts the right it is given under' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';\n    END IF;\n    IF NEW.until IS NOT NULL AND EXISTS (\n        SELECT 1 FROM accounts_appointment c WHERE c.under_id = NEW.id AND (c.until IS NULL OR (c.until > NEW.until AND c.until > c.since))\n    ) THEN\n        RAISE EXCEPTION 'what was given under this right would outlast it' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';\n    END IF;\n    RETURN NULL;\n", hash='b1dd0e22185734499349930d07430bfc83c14a4d', operation='INSERT OR UPDATE', pgid='pgtrigger_within_giver_84fc1', table='accounts_appointment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f1c513e61433b92e1917c44ecc4125707c4eb5a1', operation='DELETE', pgid='pgtrigger_kept_34707', table='accounts_appointment', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['clerk', 'reviewer', 'decider', 'payment_officer', 'payment_approver', 'standard_drafter', 'standard_publisher', 'supervisor', 'analyst', 'administrator', 'security_administrator', 'auditor'])), name='appointment_role'),
        ),
        AddConstraintNotValid(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('granted_by_id__isnull', True), models.Q(('granted_by_id', models.F('user_id')), _negated=True), _connector='OR'), name='appointment_by_another'),
        ),
        AddConstraintNotValid(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='appointment_period'),
        ),
        migrations.AddIndex(
            model_name='accountsheet',
            index=models.Index(condition=models.Q(('state', 'opening')), fields=['state'], name='sheet_opening'),
        ),
        migrations.AddConstraint(
            model_name='accountsheet',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'opening', 'done', 'dropped'])), name='sheet_state'),
        ),
        migrations.AddConstraint(
            model_name='bothorgans',
            constraint=models.UniqueConstraint(fields=('division_code', 'since'), name='both_organs_once'),
        ),
        migrations.AddIndex(
            model_name='initialpassword',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['made_on'], name='initial_password_waiting'),
        ),
        migrations.AddConstraint(
            model_name='initialpassword',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sealed__isnull', False), ('state', 'waiting')), models.Q(('sealed__isnull', True), ('state__in', ['printed', 'expired'])), _connector='OR'), name='initial_password_wiped'),
        ),
        migrations.AddConstraint(
            model_name='sheetrow',
            constraint=models.UniqueConstraint(fields=('sheet', 'row_no'), name='sheet_row_once'),
        ),
        migrations.AddConstraint(
            model_name='sheetrow',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'same', 'error', 'opened'])), name='sheet_row_state'),
        ),
    ]
