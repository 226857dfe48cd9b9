from django.db import migrations, models


class Migration(migrations.Migration):
    """Training is always recorded; that a province was heard is kept by `registry`, once."""

    dependencies = [("rollout", "0003_bulletins"), ("registry", "0008_province_heard")]

    operations = [
        migrations.RunSQL("update rollout_countyprogress set trained = 0 where trained is null", migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    ["-- squawk-ignore adding-not-nullable-field\nalter table rollout_countyprogress alter column trained set not null"],
                    ["alter table rollout_countyprogress alter column trained drop not null"],
                )
            ],
            state_operations=[migrations.AlterField("countyprogress", "trained", models.IntegerField())],
        ),
        migrations.AlterField("countyprogress", "people", models.IntegerField(help_text="accounts with a role to practise")),
        migrations.RunSQL(
            "insert into registry_provinceheard (province_code, heard_at) select division_code, heard_at from rollout_heard on conflict do nothing",
            migrations.RunSQL.noop,
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    ["-- squawk-ignore ban-drop-table\ndrop table rollout_heard"],
                    [
                        "create table rollout_heard (division_code varchar(12) primary key, heard_at timestamptz not null, lag integer not null,"
                        " errors integer not null)"
                    ],
                )
            ],
            state_operations=[migrations.DeleteModel("Heard")],
        ),
    ]
