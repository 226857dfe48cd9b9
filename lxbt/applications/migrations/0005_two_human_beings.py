import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Accounts of one human being count as one."""

    dependencies = [
        ('applications', '0004_recorded'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='step',
            name='by_another',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='by_another', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (new.by_id is not null and new.act in ('accept', 'pass', 'return', 'complete', 'grant', 'refuse'))", func="\n    PERFORM 1 FROM applications_application WHERE id = NEW.application_id FOR NO KEY UPDATE;\n    IF EXISTS (\n        SELECT 1 FROM applications_step s\n        WHERE s.application_id = NEW.application_id AND s.id <> NEW.id AND same_human(s.by_id, NEW.by_id) AND s.act IN ('accept', 'pass', 'return', 'complete', 'grant', 'refuse')\n          AND case s.name when 'accept' then 'township' when 'examine' then 'township' when 'complete' then 'township' when 'notice' then 'township' when 'review' then 'federation' when 'decide' then 'civil_affairs' end <> case NEW.name when 'accept' then 'township' when 'examine' then 'township' when 'complete' then 'township' when 'notice' then 'township' when 'review' then 'federation' when 'decide' then 'civil_affairs' end\n    ) THEN\n        RAISE EXCEPTION 'who signed one step of a case does not sign for another party' USING ERRCODE = 'check_violation', CONSTRAINT = 'step_by_another';\n    END IF;\n    RETURN NULL;\n", hash='6c6751836ed4b577b6bf817e5afa3ef832ba2d72', operation='INSERT OR UPDATE', pgid='pgtrigger_by_another_89593', table='applications_step', when='AFTER')),
        ),
    ]
