import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """A role more: who follows going live, writes notices and answers questions."""

    dependencies = [
        ('accounts', '0008_validate_roles'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='appointment',
            name='apart',
        ),
        migrations.SeparateDatabaseAndState(  # widened: the one below allows all that this one does
            database_operations=[migrations.RunSQL(["-- squawk-ignore ban-drop-constraint\nalter table accounts_appointment drop constraint appointment_role"], migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveConstraint(model_name='appointment', name='appointment_role')],
        ),
        migrations.AlterField(
            model_name='appointment',
            name='role',
            field=models.CharField(choices=[('clerk', '受理初审'), ('verifier', '入户核查'), ('reviewer', '残联审核'), ('decider', '民政审定'), ('payment_officer', '发放编制'), ('payment_approver', '发放复核'), ('standard_drafter', '标准起草'), ('standard_publisher', '标准发布'), ('supervisor', '督导查询'), ('inspector', '数据核对'), ('coordinator', '综合协调'), ('analyst', '监测统计'), ('administrator', '系统管理'), ('security_administrator', '安全管理'), ('auditor', '审计查询')], max_length=24),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='apart', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.until <= NEW.since THEN RETURN NULL; END IF;\n    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;\n    IF EXISTS (\n        SELECT 1 FROM accounts_appointment a\n        WHERE a.user_id = NEW.user_id AND a.id <> NEW.id\n          AND (a.until IS NULL OR (a.until > NEW.since AND a.until > a.since)) AND (NEW.until IS NULL OR a.since < NEW.until)\n          AND ((a.role = NEW.role AND a.division_code = NEW.division_code) OR (a.role, NEW.role) IN (VALUES ('administrator', 'auditor'), ('auditor', 'administrator'), ('administrator', 'security_administrator'), ('security_administrator', 'administrator'), ('auditor', 'security_administrator'), ('security_administrator', 'auditor'), ('clerk', 'decider'), ('decider', 'clerk'), ('clerk', 'reviewer'), ('reviewer', 'clerk'), ('decider', 'verifier'), ('verifier', 'decider'), ('payment_approver', 'payment_officer'), ('payment_officer', 'payment_approver'), ('reviewer', 'verifier'), ('verifier', 'reviewer'), ('standard_drafter', 'standard_publisher'), ('standard_publisher', 'standard_drafter')))\n    ) THEN\n        RAISE EXCEPTION 'the account holds % or what must not go with it', NEW.role USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';\n    END IF;\n    RETURN NULL;\n", hash='bcf672fc680aff6ac9f9b176f047eb5609c5bb7d', operation='INSERT OR UPDATE', pgid='pgtrigger_apart_67149', table='accounts_appointment', when='AFTER')),
        ),
        AddConstraintNotValid(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['clerk', 'verifier', 'reviewer', 'decider', 'payment_officer', 'payment_approver', 'standard_drafter', 'standard_publisher', 'supervisor', 'inspector', 'coordinator', 'analyst', 'administrator', 'security_administrator', 'auditor'])), name='appointment_role'),
        ),
    ]
