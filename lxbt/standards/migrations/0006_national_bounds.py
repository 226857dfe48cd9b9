from django.db import migrations

# What the nation leaves open at first; a later row of the nation, or one of a level below it, narrows or renews it.
BOUNDS = """
insert into standards_parameter (division_code, name, value, document_number, recorded_on) values
    ('000000000000', 'bounds.dibao', '{"least": "50", "most": "5000", "change": 100}', '国发〔2015〕52号', '2016-01-01'),
    ('000000000000', 'bounds.standard', '{"monthly_most": "5000", "percent_most": "200", "multiply_most": "10", "add_most": "2000", "change": 900, "back_months": 60}', '国发〔2015〕52号', '2016-01-01'),
    ('000000000000', 'bounds.procedure', '{"steps": ["decide", "review"], "days": 60}', '国发〔2015〕52号 三（二）', '2016-01-01'),
    ('000000000000', 'bounds.matching', '{"mute_days": 90, "off_months": 6}', '民办函〔2023〕43号', '2016-01-01')
on conflict do nothing
"""


class Migration(migrations.Migration):
    """Rows in a transaction of their own, so that nobody waits."""

    dependencies = [("standards", "0005_bounds")]

    operations = [migrations.RunSQL(BOUNDS, migrations.RunSQL.noop)]
