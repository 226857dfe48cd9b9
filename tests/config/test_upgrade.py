"""Migrations run forward, on an empty database and on one filled at the first migration of every app."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from lxbt import vault
from lxbt.accounts.operations.signing_in import take_session
from lxbt.core.indexes import AddIndexAgain, drop_unfinished
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.payments.operations.partitions import ensure_partitions
from lxbt.registry.models import Person
from lxbt.registry.queries import phone_handle
from lxbt.standards.models import Parameter
from lxbt.statistics.operations import count_stale

DAY, MONTH = date(2026, 1, 5), date(2026, 1, 1)
MOMENT = datetime(2026, 1, 5, 9, tzinfo=UTC)
MOVED = {
    "imports_declared": "rollout_declared",
    "rollout_heard": "registry_provinceheard",
}  # tables that got another name on the way
NATION, PROVINCE, CITY, COUNTY, TOWNSHIP = (
    "000000000000",
    "420000000000",
    "420100000000",
    "420102000000",
    "420102002000",
)


@pytest.fixture
def empty(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own under the connection that everything uses."""
    name = "lxbt_upgrade" + os.environ.get("PYTEST_XDIST_WORKER", "")
    tests = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server, django_db_blocker.unblock():
        server.execute(f"drop database if exists {name} with (force)")
        server.execute(f"create database {name}")
        connection.close()
        connection.settings_dict["NAME"] = name
        divisions.forget_names()
        try:
            yield name
        finally:
            connection.close()
            connection.settings_dict["NAME"] = tests
            divisions.forget_names()
            server.execute(f"drop database if exists {name} with (force)")


def our_apps() -> set[str]:
    """Every app of this project."""
    loader = MigrationExecutor(connection).loader
    return {
        label
        for label, _name in loader.graph.nodes
        if loader.migrated_apps and loader.disk_migrations[label, _name].__module__.startswith("lxbt.")
    }


def our_first_migrations() -> list[tuple[str, str]]:
    """The first migration of every app of the first release: one that rests on later steps of another came later
    itself.
    """
    graph, ours = MigrationExecutor(connection).loader.graph, our_apps()
    firsts = {label: min(name for app, name in graph.nodes if app == label) for label in ours}
    later = {
        label
        for label in ours
        if any(app in ours and name != firsts[app] for app, name in graph.forwards_plan((label, firsts[label])))
    }
    return [(label, firsts[label]) for label in sorted(ours - later)]


def migrate_to_the_first() -> Any:
    """Every app at its first migration; gives the models as they were then."""
    executor = MigrationExecutor(connection)
    ours = our_apps()
    others = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] not in ours]
    state = executor.migrate([*our_first_migrations(), *others])
    return state.apps


def fill(apps: Any) -> None:
    """One of everything, as the first release could have left it."""

    def make(model: str, **values: Any) -> Any:
        return apps.get_model(model).objects.create(**values)

    for level, (code, parent) in enumerate(
        ((NATION, ""), (PROVINCE, NATION), (CITY, PROVINCE), (COUNTY, CITY), (TOWNSHIP, COUNTY))
    ):
        make(
            "divisions.Division",
            code=code,
            name=f"区划{level}",
            pinyin="qh",
            level=level,
            parent_code=parent,
            acts_as_county=code == COUNTY,
        )
    make("divisions.StaleMonth", division_code=COUNTY, month=MONTH)
    make("divisions.WorkdayOverride", day=DAY, is_workday=False)
    user = make(
        "accounts.User",
        username="first",
        name="首任",
        organ="civil_affairs",
        place_code=COUNTY,
        must_change_password=False,
    )
    for role in ("decider", "payment_officer", "standard_drafter"):
        make("accounts.Appointment", user=user, role=role, division_code=COUNTY, since=DAY)
    make("audit.Event", action="person.registered", subject_kind="person", subject_id="1")
    person = make(
        "registry.Person",
        name="张三",
        pinyin="zs",
        sex="male",
        birth=date(1980, 1, 1),
        division_code=TOWNSHIP,
        phone=vault.seal("13900001111"),
    )
    who = {"person_id": person.pk}
    make("registry.Identifier", kind="id", index=bytes(32), sealed=b"\x00", masked="420102********0011", **who)
    make(
        "registry.Certificate",
        category="physical",
        grade=1,
        issued_on=date(2018, 1, 1),
        valid_until=date(2030, 1, 1),
        source="test",
        received_on=DAY,
        **who,
    )
    facts = {
        "division": TOWNSHIP,
        "birth": "1980-01-01",
        "sex": "male",
        "economic": "dibao",
        "area": "urban",
        "long_term_care": True,
    }
    for key, value in facts.items():
        make("registry.Fact", key=key, value=value, source="test", received_on=DAY, **who)
    account = make(
        "registry.BankAccount", bank="农商行", holder="张三", sealed=b"\x00", masked="6228****0011", since=DAY, **who
    )
    make("registry.Change", **who)
    profile = make("registry.Profile", facts={"economic": "dibao"}, digest=bytes(32))
    make(
        "registry.PersonProfile",
        since=date(1900, 1, 1),
        division_code=TOWNSHIP,
        profile_id=profile.pk,
        birth=date(1980, 1, 1),
        **who,
    )
    standard = make(
        "standards.Standard",
        subsidy="living",
        division_code=PROVINCE,
        since=date(2020, 1, 1),
        conditions_key="{}",
        amount={"fixed": "80"},
        document_title="文件",
        state="published",
        published_on=DAY,
    )
    make("standards.DibaoStandard", division_code=CITY, since=MONTH, amount=800, recorded_on=DAY)
    make("standards.Parameter", division_code=PROVINCE, name="stop", value="next_month", recorded_on=DAY)
    make("standards.Change", division_code=PROVINCE, since=MONTH)
    make("entitlements.Entitlement", subsidy="living", since=MONTH, basis="test", granted_on=DAY, **who)
    make("entitlements.Stale", division_code=TOWNSHIP, since=MONTH, **who)
    application = make(
        "applications.Application",
        number="420102-202601-0000001",
        division_code=TOWNSHIP,
        county_code=COUNTY,
        state="open",
        step="decide",
        step_since=DAY,
        due_on=DAY,
        applied_on=DAY,
        **who,
    )
    make("applications.Asked", application=application, subsidy="care", **who)
    make("applications.Step", application=application, name="decide", limit_days=5, started_on=DAY, due_on=DAY)
    make("applications.Paper", application=application, kind="id")
    ensure_partitions([Month.of(MONTH)])
    batch = make(
        "payments.Batch",
        payer_code=COUNTY,
        month=MONTH,
        number=1,
        state="sent",
        drawn_on=DAY,
        approved_on=DAY,
        approved_by=make("accounts.User", username="second", name="复核", organ="finance", place_code=COUNTY),
        item_count=1,
        total=80,
        line_count=1,
        line_total=80,
    )
    scan = {"media_type": "application/pdf", "size": 9, "digest": bytes(32), "path": "a/b.sealed", "key_id": 1}
    make("documents.Document", division_code=TOWNSHIP, **scan, **who)
    sent = make(
        "imports.Import",
        kind="history",
        version=1,
        division_code=COUNTY,
        name="a.csv",
        digest=bytes(32),
        size=9,
        file_id=1,
    )
    make("imports.KeptRow", importing_id=sent.pk, row_no=2, outcome="error", faults=[], sealed=b"\x00")
    make("imports.Touched", import_id=sent.pk, made=True, **who)
    make("imports.Tally", import_id=sent.pk, payer_code=COUNTY, month=MONTH, subsidy="living", payments=1, amount=80)
    make("imports.Declared", payer_code=COUNTY, month=MONTH, subsidy="living", persons=1, amount=80, declared_at=MOMENT)
    make("imports.RememberedMapping", division_code=COUNTY, kind="history", titles={})
    make("payments.PayerState", payer_code=COUNTY, drawn_until=MONTH)
    paid = {"subsidy": "living", "amount": 80, "account_number": account.number, "batch_id": batch.pk, **who}
    make(
        "payments.Item",
        standard_id=standard.pk,
        profile_id=profile.pk,
        right_month=MONTH,
        seq=1,
        kind="regular",
        division_code=TOWNSHIP,
        **paid,
    )
    make("payments.Line", row_no=1, state="failed", reason="account_closed", **paid)
    file = make(
        "payments.BankFile",
        direction="out",
        batch_id=batch.pk,
        name="a.csv",
        encoding="gbk",
        content=b"a",
        digest=bytes(32),
    )
    make("payments.UnmatchedRow", file=file, row_no=9, sealed=b"\x00", why="?")
    make(
        "payments.Recovery", batch_id=batch.pk, subsidy="care", division_code=TOWNSHIP, amount=10, opened_on=DAY, **who
    )
    partner = make("exchange.Partner", sender_id="cdpf", name="残联库", kind="federation", token_key=b"\x00")
    about = {"partner": partner, "transaction_id": "t", "next_at": MOMENT}
    make("exchange.PartnerKey", partner=partner, key_id="k", algorithm="ed25519", public_key=bytes(32))
    make("exchange.AccessToken", partner=partner, digest=bytes(32), until_at=MOMENT)
    make(
        "exchange.Message",
        sender_id="cdpf",
        message_id="1",
        action="notify",
        namespace="dr",
        correlation_id="c",
        sent_at=MOMENT,
        received_at=MOMENT,
        **about,
    )
    make("exchange.SeenEvent", partner_id=partner.pk, transaction_id="t", reference_id="r", seen_at=MOMENT)
    make("exchange.Sending", message_id="2", action="search", url="http://127.0.0.1:9/", made_at=MOMENT, **about)
    make("exchange.Subscription", partner=partner, ours=True, code="c", event="REGISTER", since_at=MOMENT)
    make("exchange.Link", partner=partner)
    told = make(
        "leads.Lead",
        division_code=TOWNSHIP,
        kind="new",
        subsidies=["care"],
        about_on=DAY,
        basis="test",
        opened_on=DAY,
        due_on=DAY,
        **who,
    )
    make(
        "leads.Reminder",
        lead=told,
        on=DAY,
        way="phone",
        outcome="will_apply",
        by_id=1,
        by_name="甲",
        recorded_at=MOMENT,
        **who,
    )
    notice = make("notices.Notice", division_code=TOWNSHIP, kind="federation_frozen", posted_at=MOMENT, **who)
    make("notices.Receipt", notice=notice, user_id=1, read_at=MOMENT)
    asked = make(
        "support.Question",
        kind="question",
        title="怎样重发",
        focus=TOWNSHIP,
        asked_by_id=1,
        asked_by_name="甲",
        place_code=TOWNSHIP,
        organ="civil_affairs",
        asked_at=MOMENT,
        state="open",
        desk_code=COUNTY,
        desk_organ="civil_affairs",
        due_on=DAY,
    )
    make("support.Desk", question=asked, division_code=COUNTY, organ="civil_affairs", since_at=MOMENT, due_on=DAY)
    make("support.Entry", question=asked, act="ask", at=MOMENT)
    make("support.Picture", question=asked, file_id=1, media_type="image/png", size=9, added_at=MOMENT, added_by_id=1)
    known = make(
        "support.KnownAnswer",
        title="怎样重发",
        text="更正账户",
        area_code=NATION,
        owner_code=NATION,
        owner_organ="civil_affairs",
        written_by_id=1,
        written_by_name="乙",
        published_at=MOMENT,
        changed_at=MOMENT,
    )
    make("support.Vote", answer=known, user_id=1, is_useful=True, at=MOMENT)
    make("support.Office", division_code=COUNTY, organ="civil_affairs", telephone="027-0000 0001", confirmed_on=DAY)
    make("support.Beat", name="worker", at=MOMENT)
    make(
        "support.Maintenance",
        starts_at=MOMENT,
        ends_at=datetime(2026, 1, 6, tzinfo=UTC),
        text="升级",
        by_id=1,
        by_name="甲",
        announced_at=MOMENT,
    )
    make("support.Incident", part="worker", began_at=MOMENT, ended_at=MOMENT)
    make("matching.List", kind="deaths", division_code=COUNTY, received_on=DAY, as_of=DAY, source="公安")
    make(
        "matching.ListEntry",
        handle=bytes(32),
        list_id=1,
        digest=bytes(16),
        row=2,
        kind="deaths",
        matched="number",
        name="张三",
        **who,
    )
    make("rollout.Plan", province_code=PROVINCE, batch=3, opens_on=DAY, closes_on=DAY, basis="文件")
    make("rollout.Term", task="training", months=0, days=14, basis="文件")
    make("rollout.Remark", division_code=PROVINCE, reason="设备未到", by_id=1, by_name="甲", at=MOMENT)
    make(
        "rollout.CountyProgress",
        county_code=COUNTY,
        day=DAY,
        latest=True,
        places=3,
        places_ready=1,
        people=1,
        roster_month=MONTH,
        entered=1,
        matched=0,
        paid=1,
        months="1",
        differing=0,
        counted_at=MOMENT,
    )
    make("rollout.StaleArea", area_code=COUNTY)
    make("rollout.Heard", division_code=PROVINCE, heard_at=MOMENT)
    make("statistics.Figure", month=MONTH, division_code=COUNTY, level=3, subsidy="living", persons=1, regular=80)
    make(
        "statistics.ClassFigure",
        month=MONTH,
        division_code=COUNTY,
        subsidy="living",
        dimension="grade",
        value="1",
        persons=1,
        amount=80,
    )


def counts() -> dict[str, int]:
    """Rows of every table of the project."""
    with connection.cursor() as cursor:
        labels = tuple(label for label, _name in our_first_migrations())
        tables = [
            name
            for name in connection.introspection.table_names(cursor)
            if name.startswith(tuple(f"{label}_" for label in labels))
        ]
        found = {}
        for table in tables:
            cursor.execute(f'select count(*) from "{table}"')
            found[table] = cursor.fetchone()[0]
        return found


def up_to_date() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def test_an_empty_database_comes_up_and_again_changes_nothing(empty: str) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    assert up_to_date()
    before = counts()
    call_command("migrate", verbosity=0, interactive=False)
    assert counts() == before
    apply_again()
    assert counts() == before


def outside_transactions() -> list[Any]:
    """Our migrations that run outside of a transaction: killed midway, they begin anew on what they left."""
    loader = MigrationExecutor(connection).loader
    ours = our_apps()
    return [loader.graph.nodes[key] for key in sorted(loader.graph.nodes) if key[0] in ours and not atomic(loader, key)]


def atomic(loader: Any, key: tuple[str, str]) -> bool:
    """Whether a migration is one transaction."""
    return bool(loader.graph.nodes[key].atomic)


def apply_again() -> None:
    """Each of them once more, as after a kill: with an index whole, and with an index that was left unfinished."""
    loader = MigrationExecutor(connection).loader
    indexes = []
    for migration in outside_transactions():
        state = loader.project_state((migration.app_label, migration.name), at_end=False)
        with connection.schema_editor(atomic=False) as editor:
            migration.apply(state, editor)
        indexes += [one.index.name for one in migration.operations if isinstance(one, AddIndexConcurrently)]
    with connection.cursor() as cursor:  # as PostgreSQL leaves an index whose making was killed
        cursor.execute("update pg_index set indisvalid = false where indexrelid = 'person_phone'::regclass")
    with connection.schema_editor(atomic=False) as editor:
        assert not drop_unfinished(editor, "person_phone")
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('person_phone')")
        assert cursor.fetchone() == (None,)
    assert "person_phone" in indexes


@pytest.mark.django_db
def test_outside_a_transaction_only_what_can_be_done_again_is_done() -> None:
    again = (AddIndexAgain, ValidateConstraint, RunPython, RunSQL, SeparateDatabaseAndState)
    wrong = [
        f"{migration}: {type(one).__name__}"
        for migration in outside_transactions()
        for one in migration.operations
        if not isinstance(one, again)
    ]
    assert wrong == []


def test_a_filled_database_keeps_its_rows_and_its_pages_answer(empty: str) -> None:
    fill(migrate_to_the_first())
    before = counts()
    assert [
        table for table, rows in before.items() if not rows
    ] == []  # the filling left no table out: a new one wants its row there
    call_command("migrate", verbosity=0, interactive=False)
    assert up_to_date()
    after = counts()
    after["standards_parameter"] -= Parameter.objects.filter(name__startswith="bounds.").count()  # the nation's, new
    assert bytes(Person.objects.get().phone_handle or b"") == phone_handle("13900001111")
    assert {table: after.get(MOVED.get(table, table)) for table in before} == before
    while count_stale():
        pass
    the_pages_answer()


def the_pages_answer() -> None:
    from lxbt.accounts.models import User
    from lxbt.payments.models import Batch

    user = User.objects.get(username="first")
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    take_session(user=user, session_key=client.session.session_key or "")
    names = (
        "home",
        "inbox",
        "applications",
        "persons",
        "batches",
        "failed_items",
        "recoveries",
        "results",
        "statistics",
        "standards",
        "parameters",
        "divisions",
    )
    urls = [reverse(name) for name in names]
    urls += [
        reverse("person", args=[Person.objects.get().pk]),
        reverse("batch", args=[Batch.objects.get().pk]),
        reverse("application", args=["420102-202601-0000001"]),
    ]
    for url in urls:
        assert client.get(url).status_code == 200, url
    assert "张三" in client.get(reverse("persons"), {"q": "张"}).content.decode()
