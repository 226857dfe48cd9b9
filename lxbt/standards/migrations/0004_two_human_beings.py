import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Accounts of one human being count as one."""

    dependencies = [
        ('standards', '0003_validate'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='standard',
            trigger=pgtrigger.compiler.Trigger(name='published_by_another_human', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.published_by_id is not null and new.drafted_by_id is not null)', func="IF same_human(NEW.published_by_id, NEW.drafted_by_id) THEN RAISE EXCEPTION 'who drafted a standard does not publish it' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_published_by_another'; END IF; RETURN NULL;", hash='852ad0f645bffd17c437c1ded8b21999489750a3', operation='INSERT OR UPDATE OF "published_by_id", "drafted_by_id"', pgid='pgtrigger_published_by_another_human_e3c37', table='standards_standard', when='AFTER')),
        ),
    ]
