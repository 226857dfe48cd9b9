import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Accounts of one human being count as one."""

    dependencies = [
        ('audit', '0005_unusual_looks'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='unusuallook',
            trigger=pgtrigger.compiler.Trigger(name='handled_by_another_human', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.handled_by_id is not null and new.by_id is not null)', func="IF same_human(NEW.handled_by_id, NEW.by_id) THEN RAISE EXCEPTION 'nobody clears the own looking' USING ERRCODE = 'check_violation', CONSTRAINT = 'unusual_not_by_oneself'; END IF; RETURN NULL;", hash='5aa09eb4e9f1cd8080f0488bb22512586b0e8f89', operation='INSERT OR UPDATE OF "handled_by_id", "by_id"', pgid='pgtrigger_handled_by_another_human_b5f83', table='audit_unusuallook', when='AFTER')),
        ),
    ]
