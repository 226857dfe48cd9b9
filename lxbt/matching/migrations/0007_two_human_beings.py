import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Accounts of one human being count as one."""

    dependencies = [
        ('matching', '0006_asked_runs'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='suspicion',
            trigger=pgtrigger.compiler.Trigger(name='confirmed_by_another_human', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.confirmed_by_id is not null and new.concluded_by_id is not null)', func="IF same_human(NEW.confirmed_by_id, NEW.concluded_by_id) THEN RAISE EXCEPTION 'who concluded does not confirm' USING ERRCODE = 'check_violation', CONSTRAINT = 'suspicion_confirmed_by_another'; END IF; RETURN NULL;", hash='8a6b639d189cacf4b42d615c43e7a3610efe5693', operation='INSERT OR UPDATE OF "confirmed_by_id", "concluded_by_id"', pgid='pgtrigger_confirmed_by_another_human_c97b1', table='matching_suspicion', when='AFTER')),
        ),
    ]
