from django.db import migrations

# What was waived or given up before stands in the claim, and every claim is divided over its months: the oldest are offset
# within the batch first, and repaid first.
FILL = """
update payments_recovery set waived = amount - recovered where state in ('waived', 'unrecoverable');
insert into payments_recoverymonth (person_id, subsidy, right_month, batch_id, amount, repaid, waived, lifted)
select person_id, subsidy, right_month, batch_id, part, paid, case when state in ('waived', 'unrecoverable') then part - paid else 0 end, 0
from (
    select d.*, least(part, greatest(0, recovered - (sum(part) over running - part))) paid from (
        select c.*, least(taken, greatest(0, sum(taken) over running - given)) part from (
            select r.person_id, r.subsidy, i.right_month, r.batch_id, r.recovered, r.state, -i.amount taken,
                sum(-i.amount) over (partition by r.person_id, r.batch_id, r.subsidy) - r.amount given
            from payments_recovery r join payments_item i
                on i.batch_id = r.batch_id and i.person_id = r.person_id and i.subsidy = r.subsidy and i.amount < 0 and i.void is null
        ) c window running as (partition by person_id, batch_id, subsidy order by right_month)
    ) d where part > 0 window running as (partition by person_id, batch_id, subsidy order by right_month)
) e
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_books_of_money")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
