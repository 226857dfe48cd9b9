import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


# Accounts of before holders have a quarter of a year to be registered; until then their duties go on.
OF_BEFORE = "update accounts_user set identity_due_on = current_date + 90 where opened_by_id is not null and holder_id is null"

# Slips of before held the whole password: those not printed yet open nothing any more.
WHOLE = """
update accounts_user set password = '!' || md5(random()::text) where must_change_password
  and id in (select user_id from accounts_initialpassword where state = 'waiting');
update accounts_initialpassword set state = 'expired', sealed = null where state = 'waiting';
"""


class Migration(migrations.Migration):
    """A first password comes from two persons; who opened an account before is given time to say whose it is."""

    dependencies = [
        ('accounts', '0012_holders_checked'),
    ]

    operations = [
        migrations.AddField(
            model_name='initialpassword',
            name='given_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='initialpassword',
            name='given_by_id',
            field=models.BigIntegerField(help_text='who saw the identity card and gave the second half', null=True),
        ),
        migrations.AddField(
            model_name='initialpassword',
            name='second',
            field=models.BinaryField(help_text='the half that another than the maker gives', null=True),
        ),
        migrations.AddField(
            model_name='sheetrow',
            name='number',
            field=models.BinaryField(help_text='the identity number, sealed; wiped when the account is opened', null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='identity_due_on',
            field=models.DateField(help_text='accounts of before holders: until then duties work without an identity number', null=True),
        ),
        migrations.AlterField(
            model_name='sheetrow',
            name='cells',
            field=models.JSONField(help_text="the sender's own cells; the identity number masked"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='initialpassword',
            trigger=pgtrigger.compiler.Trigger(name='not_maker', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.given_by_id is not null and new.made_by_id is not null)', func="IF same_human(NEW.given_by_id, NEW.made_by_id) THEN RAISE EXCEPTION 'who made a first password, and its owner, do not give its second half' USING ERRCODE = 'check_violation', CONSTRAINT = 'initial_password_two_persons'; END IF; RETURN NULL;", hash='f6eda85345472873c446bb4b1007bde1d28c04cc', operation='INSERT OR UPDATE OF "given_by_id", "made_by_id"', pgid='pgtrigger_not_maker_5cd84', table='accounts_initialpassword', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='initialpassword',
            trigger=pgtrigger.compiler.Trigger(name='not_owner', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.given_by_id is not null and new.user_id is not null)', func="IF same_human(NEW.given_by_id, NEW.user_id) THEN RAISE EXCEPTION 'who made a first password, and its owner, do not give its second half' USING ERRCODE = 'check_violation', CONSTRAINT = 'initial_password_two_persons'; END IF; RETURN NULL;", hash='74e096d14a9e591814f1bdc4cab2f0d5529567f2', operation='INSERT OR UPDATE OF "given_by_id", "user_id"', pgid='pgtrigger_not_owner_c9adc', table='accounts_initialpassword', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='held_apart', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (new.holder_id is not null and new.holder_id is distinct from old.holder_id)', func="\n    IF EXISTS (\n        SELECT 1 FROM accounts_user o JOIN accounts_appointment a ON a.user_id = o.id JOIN accounts_appointment b ON b.user_id = NEW.id\n        WHERE o.holder_id = NEW.holder_id AND o.id <> NEW.id AND a.until IS NULL AND b.until IS NULL\n          AND ((a.role = b.role AND a.division_code = b.division_code) OR (a.role, b.role) IN (VALUES ('administrator', 'auditor'), ('auditor', 'administrator'), ('administrator', 'security_administrator'), ('security_administrator', 'administrator'), ('auditor', 'security_administrator'), ('security_administrator', 'auditor'), ('clerk', 'decider'), ('decider', 'clerk'), ('clerk', 'reviewer'), ('reviewer', 'clerk'), ('decider', 'verifier'), ('verifier', 'decider'), ('payment_approver', 'payment_officer'), ('payment_officer', 'payment_approver'), ('reviewer', 'verifier'), ('verifier', 'reviewer'), ('standard_drafter', 'standard_publisher'), ('standard_publisher', 'standard_drafter')))\n    ) THEN\n        RAISE EXCEPTION 'the human being holds what must not go with it' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';\n    END IF;\n    RETURN NULL;\n", hash='9628a02134ac613b68d4284f1888cd472183072d', operation='UPDATE OF "holder_id"', pgid='pgtrigger_held_apart_e0ad8', table='accounts_user', when='AFTER')),
        ),
        AddConstraintNotValid(
            model_name='initialpassword',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_at__isnull', True), ('given_by_id__isnull', True)), models.Q(('given_at__isnull', False), ('given_by_id__isnull', False), ('second__isnull', True)), _connector='OR'), name='initial_password_given'),
        ),
        migrations.RunSQL(OF_BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(WHOLE, migrations.RunSQL.noop),
    ]
