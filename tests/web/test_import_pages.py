"""The pages of batch import."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.core.idnumber import check_digit
from lxbt.imports.models import Import, RememberedMapping
from lxbt.imports.operations.running import finish
from lxbt.imports.tasks import take_turn
from lxbt.proposals.operations import accept, effect_now
from lxbt.proposals.queries import waiting_for
from lxbt.rollout.models import Declared
from tests import factories as f
from tests.imports.county import open_window

pytestmark = pytest.mark.django_db
HEADS = ["姓名", "身份证号", "补贴类型", "乡镇", "发放月份", "金额"]


def identity(number: int, region: str = "420102") -> str:
    first = f"{region}19650312{number:03d}"
    return first + check_digit(first)


def row(number: int, **other: Any) -> list[Any]:
    told = {
        "姓名": f"张{'一二三四五六七八九'[number % 9]}",
        "身份证号": identity(number),
        "补贴类型": "护理补贴",
        "乡镇": f.TOWNSHIP,
        "发放月份": "2026-10",
        "金额": "100",
    }
    return [{**told, **other}[head] for head in HEADS]


def text_file(rows: list[list[Any]], name: str = "领取人.csv", heads: list[str] = HEADS) -> SimpleUploadedFile:
    lines = "\n".join(",".join(str(cell) for cell in line) for line in [heads, *rows])
    return SimpleUploadedFile(name, lines.encode("gb18030"), "text/csv")


@pytest.fixture
def officer(db: None, logged_in: Callable[[User], Client]) -> Client:
    f.load_places()
    f.usual_standards()
    open_window()
    f.account("decider", f.COUNTY)
    return logged_in(f.account("payment_officer", f.COUNTY))


def sent(client: Client, file: SimpleUploadedFile, kind: str = "recipients", division: str = f.COUNTY) -> Import:
    answer = client.post(reverse("import_new"), {"kind": kind, "division": division, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def act(client: Client, entry: Import, **told: Any) -> Import:
    assert client.post(reverse("import_act", args=[entry.pk]), told).status_code == 302
    return worked(entry)


def confirmed(entry: Import) -> Import:
    """What waits about the import, agreed to by another person; as the worker leaves it then."""
    decider = User.objects.get(appointments__role="decider")
    (proposal,) = waiting_for(subject_kind="import", subject_id=entry.pk)
    now = timezone.localtime()
    _effect, digest = effect_now(proposal, now.date())
    accept(proposal_id=proposal.pk, digest=digest, by=decider, at=now, on=now.date())
    return worked(entry)


def worked(entry: Import) -> Import:
    """As the worker leaves it."""
    for _turn in range(20):
        entry.refresh_from_db()
        if entry.state not in ("planning", "writing", "undoing"):
            break
        take_turn(entry)
    return entry


def seen(client: Client, entry: Import, **query: Any) -> str:
    answer = client.get(reverse("import", args=[entry.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


ROWS = [row(1), row(2), row(3, 身份证号="42010219650312"), row(4, 补贴类型="别的")]


def test_a_file_is_shown_by_columns_planned_written_and_taken_back(officer: Client) -> None:
    entry = sent(officer, text_file(ROWS))
    page = seen(officer, entry)
    assert "按列名识别" in page
    assert identity(1) not in page, "numbers are masked in the samples"
    assert "420*************" in page
    entry = act(officer, entry, act="plan")
    assert entry.state == "planned"
    page = seen(officer, entry)
    assert "身份证号的位数或字符不对" in page
    assert "写入哪些行" in page
    assert "写入 2 行" in seen(officer, entry, ask="write", accept=["changed", "remarked"])
    page = seen(officer, entry, ask="write", accept=["changed", "remarked"])
    assert "护理补贴 2 项" in page, "what is asked of the second person stands before it is asked"
    entry = act(officer, entry, act="write", accept=["changed", "remarked"], reason="上线数据，逐行核对")
    assert entry.state == "planned"
    assert "等另一人确认" in seen(officer, entry)
    entry = confirmed(entry)
    assert (entry.state, entry.counts["new"], entry.total) == ("done", 2, Decimal(200))
    page = seen(officer, entry)
    assert "提交撤销" in page
    assert "新建人员" in page
    entry = act(officer, entry, act="undo", reason="文件有误，整个撤销")
    assert entry.state == "done"
    entry = confirmed(entry)
    assert entry.state == "undone"
    assert "已撤销" in seen(officer, entry)


def test_columns_are_set_by_hand_and_remembered(officer: Client) -> None:
    heads = ["姓名", "身份证号", "哪一种", "在哪里", "哪个月", "多少钱"]
    entry = sent(officer, text_file(ROWS[:2], heads=heads))
    columns = {
        f"column-{place}": key
        for place, key in enumerate(("name", "identity_number", "subsidy", "division", "paid_month", "amount"))
    }
    entry = act(officer, entry, act="columns", **columns)
    assert entry.mapping["5"] == "amount"
    assert "手动" in seen(officer, entry)
    assert RememberedMapping.objects.get().titles["多少钱"] == "amount"
    again = sent(officer, text_file(ROWS[:1], heads=heads))
    assert again.mapping["5"] == "amount"
    assert again.sure["5"] == "remembered"


def test_one_item_in_two_columns_is_refused_and_a_missing_column_is_named(officer: Client) -> None:
    entry = sent(officer, text_file(ROWS))
    entry = act(officer, entry, act="plan", **{"column-0": "identity_number"})
    assert entry.state == "uploaded"
    assert "选了不止一列" in seen(officer, entry)
    entry = act(officer, entry, act="plan", **{"column-1": ""})
    assert (entry.state, entry.missing) == ("uploaded", ["identity_number"])
    assert "缺少必填的列：身份证号" in seen(officer, entry)


def test_the_same_file_again_leads_to_where_it_stands_and_afterwards_to_what_it_did(officer: Client) -> None:
    entry = sent(officer, text_file(ROWS))
    assert sent(officer, text_file(ROWS)) == entry
    assert "已经上传过" in seen(officer, entry)
    act(officer, entry, act="plan")
    confirmed(act(officer, entry, act="write", accept=["changed", "remarked"], reason="上线数据，逐行核对"))
    again = sent(officer, text_file(ROWS))
    assert again != entry
    assert reverse("import", args=[entry.pk]) in seen(officer, again)
    again = act(officer, again, act="plan")
    assert again.planned["same"] == 2


def test_the_errors_go_back_whole_and_on_the_record_and_the_mended_file_adds_only_what_was_missing(
    officer: Client,
) -> None:
    entry = sent(officer, text_file(ROWS))
    act(officer, entry, act="plan")
    confirmed(act(officer, entry, act="write", accept=["changed", "remarked"], reason="上线数据，逐行核对"))
    answer = officer.get(reverse("import_errors", args=[entry.pk]))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert Event.objects.filter(action="import.errors_taken", subject_id=str(entry.pk)).get().details["rows"] == 2
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    sheet.cell(2, titles.index("身份证号") + 1).value = identity(3)
    sheet.cell(3, titles.index("补贴类型") + 1).value = "护理补贴"
    out = io.BytesIO()
    book.save(out)
    mended = sent(officer, SimpleUploadedFile("改好.xlsx", out.getvalue()))
    mended = act(officer, mended, act="plan")
    assert mended.planned == {"new": 2}


def test_rows_are_narrowed_by_reason(officer: Client) -> None:
    entry = act(officer, sent(officer, text_file(ROWS)), act="plan")
    page = seen(officer, entry, code="identity_form")
    assert "补贴类型认不出来，" not in page
    assert "别的" not in page.split('id="rows"')[1]


def test_a_halted_import_goes_on_and_a_stopped_plan_may_be_made_anew(officer: Client) -> None:
    entry = sent(officer, text_file(ROWS))
    url = reverse("import_act", args=[entry.pk])
    officer.post(url, {"act": "plan"})
    officer.post(url, {"act": "pause"})
    entry.refresh_from_db()
    assert entry.state == "paused"
    officer.post(url, {"act": "resume"})
    officer.post(url, {"act": "stop"})
    entry.refresh_from_db()
    assert entry.state == "stopped"
    assert "看计划" in seen(officer, entry)
    assert act(officer, entry, act="plan").state == "planned"


def test_while_it_runs_the_page_asks_for_the_bar_and_is_whole_again_afterwards(officer: Client) -> None:
    entry = sent(officer, text_file(ROWS))
    officer.post(reverse("import_act", args=[entry.pk]), {"act": "plan"})
    page = seen(officer, entry)
    assert "可以关闭本页" in page
    part = officer.get(reverse("import", args=[entry.pk]), headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    assert "<html" not in part.content.decode()
    worked(entry)
    assert (
        officer.get(reverse("import", args=[entry.pk]), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    )


def test_a_file_that_is_none_has_a_page_that_says_so(officer: Client) -> None:
    entry = sent(officer, SimpleUploadedFile("a.xlsx", b"<html><body>x</body></html>"))
    assert entry.state == "refused"
    assert "其实是网页" in seen(officer, entry)


def test_another_county_is_not_found_and_cannot_be_chosen(officer: Client, logged_in: Callable[[User], Client]) -> None:
    entry = sent(officer, text_file(ROWS))
    other = logged_in(f.account("payment_officer", f.OTHER_COUNTY))
    for name in ("import", "import_errors"):
        assert other.get(reverse(name, args=[entry.pk])).status_code == 404
    assert other.post(reverse("import_act", args=[entry.pk]), {"act": "plan"}).status_code == 404
    answer = other.post(reverse("import_new"), {"kind": "recipients", "division": f.COUNTY, "file": text_file(ROWS)})
    assert answer.status_code == 200
    assert entry.name not in other.get(reverse("imports")).content.decode()
    assert officer.get(reverse("imports")).content.decode().count(entry.name) == 1


def test_lists_templates_and_exports_answer(officer: Client) -> None:
    entry = sent(officer, text_file(ROWS))
    assert (
        entry.name
        in officer.get(reverse("imports"), {"kind": "recipients", "mine": "1", "state": "uploaded"}).content.decode()
    )
    assert entry.name not in officer.get(reverse("imports"), {"kind": "history"}).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(officer.get(reverse("imports_export")).content))
    assert book.worksheets[0].cell(4, 2).value == entry.name
    sheet = openpyxl.load_workbook(
        io.BytesIO(officer.get(reverse("import_template", args=["history"])).content)
    ).worksheets[0]
    assert "身份证号*" in [cell.value for cell in sheet[1]]


def test_declared_totals_stand_beside_what_was_imported(officer: Client, logged_in: Callable[[User], Client]) -> None:
    entry = sent(officer, text_file(ROWS))
    act(officer, entry, act="plan")
    confirmed(act(officer, entry, act="write", accept=["changed", "remarked"], reason="上线数据，逐行核对"))
    assert "未申报" in seen(officer, entry)
    url = reverse("import_declare")
    wrong = officer.post(url, {"code": f.COUNTY, "lines": "2026-10 护理补贴 2 200\n2026-09 什么 1 1"}).content.decode()
    assert "第 2 行读不懂" in wrong
    assert not Declared.objects.exists()
    officer.post(url, {"code": f.COUNTY, "lines": "2026-10\t护理补贴\t2\t200.00\n201603 生活 1 60"})
    page = officer.get(reverse("import_totals"), {"code": f.COUNTY, "year": "2026", "state": "agrees"}).content.decode()
    assert "2026-10" in page
    assert "一致" in seen(officer, entry)
    assert officer.post(url, {"code": f.OTHER_COUNTY, "lines": "2026-10 护理补贴 2 200"}).status_code == 404
    above = logged_in(f.account("supervisor", f.PROVINCE))
    assert "武汉市" in above.get(reverse("import_totals")).content.decode()
    assert officer.get(reverse("import_totals_export")).status_code == 200
    assert above.get(reverse("import_totals_export")).status_code == 200


def test_a_file_too_large_for_the_page_is_said_so(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("lxbt.web.kit.uploads", fromlist=["LARGEST"]).LARGEST, "/imports/new/", 6 * 2**20)
    big = SimpleUploadedFile("a.csv", b"1,2,3\n" * 1_200_000)
    answer = officer.post(reverse("import_new"), {"kind": "recipients", "division": f.COUNTY, "file": big})
    assert "超过 320 MB" in answer.content.decode()
    assert not Import.objects.exists()


def test_a_file_that_does_not_fit_into_memory_comes_whole(officer: Client) -> None:
    rows = [row(n % 900, 乡镇="街道" + "长" * 60) for n in range(40_000)]
    file = text_file(rows)
    size = file.size
    entry = sent(officer, file)
    assert entry.size == size > 5 * 2**20
    assert entry.mapping["1"] == "identity_number"


def test_a_done_import_is_told_to_the_office(officer: Client, tmp_path: Path) -> None:
    entry = sent(officer, text_file(ROWS))
    officer.post(reverse("import_act", args=[entry.pk]), {"act": "plan"})
    Import.objects.filter(pk=entry.pk).update(seconds=30)
    finish(entry.pk, at=f.moment(__import__("datetime").date(2026, 11, 24)))
    page = officer.get(reverse("notices")).content.decode()
    assert entry.name in page
    assert "打开" in page
