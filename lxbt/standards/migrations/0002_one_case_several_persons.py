import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('standards', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='standard',
            trigger=pgtrigger.compiler.Trigger(name='drafter_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (old.drafted_by_id is distinct from new.drafted_by_id)', func="RAISE EXCEPTION 'who drafted a standard stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_drafter_stays';", hash='8b08e8b6ea5645164414d7c97473be40facd6f89', operation='UPDATE', pgid='pgtrigger_drafter_stays_38645', table='standards_standard', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='standard',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('drafted_by__isnull', True), ('published_by__isnull', False), _connector='OR'), name='standard_published_by_a_person'),
        ),
    ]
