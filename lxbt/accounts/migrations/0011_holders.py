import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


SAME_HUMAN = """
create or replace function same_human(bigint, bigint) returns boolean language plpgsql stable as $$
begin
    if $1 is null or $2 is null then return false; end if;
    if $1 = $2 then return true; end if;
    return exists (
        select 1 from accounts_user a join accounts_user b on a.holder_id = b.holder_id where a.id = $1 and b.id = $2
    );
end $$
"""


class Migration(migrations.Migration):
    """Accounts belong to human beings; one human being counts as one wherever two persons are asked for."""

    dependencies = [
        ('accounts', '0010_validate_coordinator'),
    ]

    operations = [
        migrations.CreateModel(
            name='Holder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.BinaryField(help_text='keyed index of the identity number', unique=True)),
                ('sealed', models.BinaryField()),
                ('registered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('registered_by_id', models.BigIntegerField(null=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='appointment',
            name='apart',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accessrecovery',
            trigger=pgtrigger.compiler.Trigger(name='not_own', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.asked_by_id is not null and new.user_id is not null)', func="IF same_human(NEW.asked_by_id, NEW.user_id) THEN RAISE EXCEPTION 'a recovery takes two persons beside the owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'access_recovery_two_persons'; END IF; RETURN NULL;", hash='2c9f267dd580085d553ed26ade2a4ec95b032d05', operation='INSERT OR UPDATE OF "asked_by_id", "user_id"', pgid='pgtrigger_not_own_57306', table='accounts_accessrecovery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accessrecovery',
            trigger=pgtrigger.compiler.Trigger(name='two_humans', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.confirmed_by_id is not null and new.asked_by_id is not null)', func="IF same_human(NEW.confirmed_by_id, NEW.asked_by_id) THEN RAISE EXCEPTION 'a recovery takes two persons beside the owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'access_recovery_two_persons'; END IF; RETURN NULL;", hash='d84abed836232b3b78ac34dad9bb24c67dafa70b', operation='INSERT OR UPDATE OF "confirmed_by_id", "asked_by_id"', pgid='pgtrigger_two_humans_24665', table='accounts_accessrecovery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accessrecovery',
            trigger=pgtrigger.compiler.Trigger(name='not_owner', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.confirmed_by_id is not null and new.user_id is not null)', func="IF same_human(NEW.confirmed_by_id, NEW.user_id) THEN RAISE EXCEPTION 'a recovery takes two persons beside the owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'access_recovery_two_persons'; END IF; RETURN NULL;", hash='847e1fca800b8d21db4e359340798ddae5033950', operation='INSERT OR UPDATE OF "confirmed_by_id", "user_id"', pgid='pgtrigger_not_owner_ca23d', table='accounts_accessrecovery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='by_another_human', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.granted_by_id is not null and new.user_id is not null)', func="IF same_human(NEW.granted_by_id, NEW.user_id) THEN RAISE EXCEPTION 'nobody appoints himself' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_by_another'; END IF; RETURN NULL;", hash='b3fda773e4bacf8d833f7d47ed12056c0da4de83', operation='INSERT OR UPDATE OF "granted_by_id", "user_id"', pgid='pgtrigger_by_another_human_e3d02', table='accounts_appointment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='apart', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.until <= NEW.since THEN RETURN NULL; END IF;\n    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;\n    IF EXISTS (\n        SELECT 1 FROM accounts_appointment a\n        WHERE a.id <> NEW.id\n          AND (a.user_id = NEW.user_id OR a.user_id IN (\n              SELECT o.id FROM accounts_user o JOIN accounts_user own ON own.holder_id = o.holder_id WHERE own.id = NEW.user_id))\n          AND (a.until IS NULL OR (a.until > NEW.since AND a.until > a.since)) AND (NEW.until IS NULL OR a.since < NEW.until)\n          AND ((a.role = NEW.role AND a.division_code = NEW.division_code) OR (a.role, NEW.role) IN (VALUES ('administrator', 'auditor'), ('auditor', 'administrator'), ('administrator', 'security_administrator'), ('security_administrator', 'administrator'), ('auditor', 'security_administrator'), ('security_administrator', 'auditor'), ('clerk', 'decider'), ('decider', 'clerk'), ('clerk', 'reviewer'), ('reviewer', 'clerk'), ('decider', 'verifier'), ('verifier', 'decider'), ('payment_approver', 'payment_officer'), ('payment_officer', 'payment_approver'), ('reviewer', 'verifier'), ('verifier', 'reviewer'), ('standard_drafter', 'standard_publisher'), ('standard_publisher', 'standard_drafter')))\n    ) THEN\n        RAISE EXCEPTION 'the account holds % or what must not go with it', NEW.role USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';\n    END IF;\n    RETURN NULL;\n", hash='f6c01f38168ed354eecf874d9ef6eb6d824527f6', operation='INSERT OR UPDATE', pgid='pgtrigger_apart_67149', table='accounts_appointment', when='AFTER')),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name='user',
                    name='holder',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='accounts.holder'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    'alter table accounts_user add column holder_id bigint null;'
                    ' alter table accounts_user add constraint user_holder_fk foreign key (holder_id) references accounts_holder (id)'
                    ' deferrable initially deferred not valid',
                    'alter table accounts_user drop column holder_id',
                ),
            ],
        ),
        migrations.RunSQL(SAME_HUMAN, "drop function same_human(bigint, bigint)"),
    ]
