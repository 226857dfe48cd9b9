import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Duties for an account that stands already take a second human being; what was given before stays."""

    dependencies = [
        ('accounts', '0014_validate_halves'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='agreed_by_id',
            field=models.BigIntegerField(help_text='the second human being, where duties were given to an account that stood already', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='countersigned', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.role NOT IN ('reviewer', 'decider', 'payment_officer', 'payment_approver', 'standard_drafter', 'standard_publisher', 'inspector', 'administrator', 'security_administrator', 'auditor') OR NEW.until <= NEW.since THEN RETURN NEW; END IF;\n    IF TG_OP = 'UPDATE' AND NEW.role = OLD.role AND NEW.user_id = OLD.user_id\n       AND NOT (OLD.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > OLD.until)) THEN\n        RETURN NEW;\n    END IF;\n    IF NOT EXISTS (\n        SELECT 1 FROM accounts_user u\n        WHERE u.id = NEW.user_id AND u.opened_at < now() AND NOT (TG_OP = 'INSERT' AND NEW.granted_by_id IS NULL AND u.opened_by_id IS NULL)\n    ) THEN\n        RETURN NEW;\n    END IF;\n    IF NEW.agreed_by_id IS NULL OR same_human(NEW.agreed_by_id, NEW.granted_by_id) OR same_human(NEW.agreed_by_id, NEW.user_id) THEN\n        RAISE EXCEPTION 'duties for a standing account take a second human being' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_countersigned';\n    END IF;\n    RETURN NEW;\n", hash='524b8d7ef935668978cc29b719f0479bea2335a4', operation='INSERT OR UPDATE OF "role", "user_id", "until"', pgid='pgtrigger_countersigned_c1f9e', table='accounts_appointment', when='BEFORE')),
        ),
    ]
