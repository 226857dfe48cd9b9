import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Accounts of one human being count as one."""

    dependencies = [
        ('payments', '0006_index_imports'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='batch',
            trigger=pgtrigger.compiler.Trigger(name='approved_by_another_human', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.approved_by_id is not null and new.drawn_by_id is not null)', func="IF same_human(NEW.approved_by_id, NEW.drawn_by_id) THEN RAISE EXCEPTION 'who drew a batch does not approve it' USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_approved_by_another'; END IF; RETURN NULL;", hash='79a8cc50c439f3b4746dd161f2a54b181171f39a', operation='INSERT OR UPDATE OF "approved_by_id", "drawn_by_id"', pgid='pgtrigger_approved_by_another_human_44281', table='payments_batch', when='AFTER')),
        ),
    ]
