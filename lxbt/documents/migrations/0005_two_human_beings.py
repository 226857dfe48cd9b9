import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Accounts of one human being count as one."""

    dependencies = [
        ('documents', '0004_office_files'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='second_human', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.decided_by_id is not null and new.asked_by_id is not null)', func="IF same_human(NEW.decided_by_id, NEW.asked_by_id) THEN RAISE EXCEPTION 'who asked for an export does not release it' USING ERRCODE = 'check_violation', CONSTRAINT = 'release_second_person'; END IF; RETURN NULL;", hash='b99e7886f42ccc5182a7bb3b3cfbefbc965f1163', operation='INSERT OR UPDATE OF "decided_by_id", "asked_by_id"', pgid='pgtrigger_second_human_b4774', table='documents_release', when='AFTER')),
        ),
    ]
