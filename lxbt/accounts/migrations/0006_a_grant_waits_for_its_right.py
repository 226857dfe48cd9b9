
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_index_under'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='appointment',
            name='within_giver',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='within_giver', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.under_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.under_id IS DISTINCT FROM NEW.under_id OR NEW.until IS NULL OR NEW.until > OLD.until) THEN\n        PERFORM 1 FROM accounts_appointment WHERE id = NEW.under_id FOR SHARE;\n    END IF;\n    IF NEW.under_id IS NOT NULL AND (NEW.until IS NULL OR NEW.until > NEW.since) AND EXISTS (\n        SELECT 1 FROM accounts_appointment g\n        WHERE g.id = NEW.under_id AND (g.role <> 'administrator' OR (g.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > g.until)))\n    ) THEN\n        RAISE EXCEPTION 'the grant outlasts the right it is given under' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';\n    END IF;\n    IF NEW.until IS NOT NULL AND EXISTS (\n        SELECT 1 FROM accounts_appointment c WHERE c.under_id = NEW.id AND (c.until IS NULL OR (c.until > NEW.until AND c.until > c.since))\n    ) THEN\n        RAISE EXCEPTION 'what was given under this right would outlast it' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';\n    END IF;\n    RETURN NULL;\n", hash='5d8ab9786afbcae6157902ec20fb66f49bf78a49', operation='INSERT OR UPDATE', pgid='pgtrigger_within_giver_84fc1', table='accounts_appointment', when='AFTER')),
        ),
    ]
