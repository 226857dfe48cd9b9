import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0002_draft'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='by_another', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (new.by_id is not null and new.act in ('accept', 'pass', 'return', 'complete', 'grant', 'refuse'))", func="\n    PERFORM 1 FROM applications_application WHERE id = NEW.application_id FOR NO KEY UPDATE;\n    IF EXISTS (\n        SELECT 1 FROM applications_step s\n        WHERE s.application_id = NEW.application_id AND s.id <> NEW.id AND s.by_id = NEW.by_id AND s.act IN ('accept', 'pass', 'return', 'complete', 'grant', 'refuse')\n          AND case s.name when 'accept' then 'township' when 'examine' then 'township' when 'complete' then 'township' when 'notice' then 'township' when 'review' then 'federation' when 'decide' then 'civil_affairs' end <> case NEW.name when 'accept' then 'township' when 'examine' then 'township' when 'complete' then 'township' when 'notice' then 'township' when 'review' then 'federation' when 'decide' then 'civil_affairs' end\n    ) THEN\n        RAISE EXCEPTION 'who signed one step of a case does not sign for another party' USING ERRCODE = 'check_violation', CONSTRAINT = 'step_by_another';\n    END IF;\n    RETURN NULL;\n", hash='d0089f9ec6a10b554aeab06a00ebf96bf46590b3', operation='INSERT OR UPDATE', pgid='pgtrigger_by_another_89593', table='applications_step', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='finished_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (old.finished_at is not null and (old.name, old.act, old.by_id, old.application_id, old.verdicts) is distinct from (new.name, new.act, new.by_id, new.application_id, new.verdicts))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5edbd85c8d854a2c383ff076949ac64c96d5a5a7', operation='UPDATE', pgid='pgtrigger_finished_stays_6ff21', table='applications_step', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='39b4c615a4a774d6c7f989024ebf95a00e871fd4', operation='DELETE', pgid='pgtrigger_kept_4bb08', table='applications_step', when='BEFORE')),
        ),
    ]
