import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='batch',
            trigger=pgtrigger.compiler.Trigger(name='signatures_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (old.drawn_by_id is distinct from new.drawn_by_id or (old.approved_by_id is not null and old.approved_by_id is distinct from new.approved_by_id))', func="RAISE EXCEPTION 'who drew or approved a batch stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_signatures_stay';", hash='617781c7e48876ed67b72ec12a5dc8bd63964d8d', operation='UPDATE', pgid='pgtrigger_signatures_stay_b4861', table='payments_batch', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('approved_on__isnull', True), ('approved_by__isnull', False), _connector='OR'), name='batch_approved_by_a_person'),
        ),
    ]
