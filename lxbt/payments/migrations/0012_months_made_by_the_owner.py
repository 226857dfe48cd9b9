from django.db import migrations

MAKE = """
do $do$ begin execute format($f$
create function payments_make_month(named text, since date) returns void
language plpgsql security definer set search_path = %I, pg_temp as $fn$
begin
    if named <> 'payments_item_' || to_char(since, 'YYYY_MM') or extract(day from since) <> 1 then
        raise exception 'not the name of a month: %%', named;
    end if;
    execute format('create table if not exists %%I partition of payments_item for values from (%%L) to (%%L)',
        named, since, (since + interval '1 month')::date);
end $fn$ $f$, current_schema()); end $do$
"""


class Migration(migrations.Migration):
    """Partitions are made while the program runs, which owns no table: by a function of the owner."""

    dependencies = [('payments', '0011_batch_origins')]

    operations = [migrations.RunSQL(MAKE, 'drop function payments_make_month(text, date)')]
