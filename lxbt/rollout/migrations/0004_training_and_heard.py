from django.db import migrations, models


class Migration(migrations.Migration):
    """Training is always recorded; that a province was heard is kept by `registry`, once."""

    dependencies = [("rollout", "0003_bulletins"), ("registry", "0008_province_heard")]

    operations = [
        migrations.RunSQL("update rollout_countyprogress set trained = 0 where trained is null", migrations.RunSQL.noop),
        migrations.AlterField("countyprogress", "trained", models.IntegerField()),
        migrations.AlterField("countyprogress", "people", models.IntegerField(help_text="accounts with a role to practise")),
        migrations.RunSQL(
            "insert into registry_provinceheard (province_code, heard_at) select division_code, heard_at from rollout_heard on conflict do nothing",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel("Heard"),
    ]
