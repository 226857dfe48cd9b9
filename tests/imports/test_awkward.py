"""Sheets as clerks really keep them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lxbt.core.months import Month
from lxbt.imports.reading import skipped_rows
from lxbt.imports.rules.kinds import KINDS, lacking, list_kind, plain_title
from tests.imports.making import HEADS, codes, column, identity, person, read, text, workbook


def test_titles_of_two_rows_are_read_together(tmp_path: Path) -> None:
    rows = [
        ["2026年10月两项补贴发放表"],
        ["序号", "姓名", "身份证号码", "残疾人证", "", "补贴金额（元）", "", "开户信息", ""],
        ["", "", "", "证号", "等级", "生活补贴", "护理补贴", "开户行", "账号"],
        [1, "张三", identity(1), identity(1) + "42", "二级", 80, 100, "农商行", "6228480402564890018"],
        [2, "李四", identity(2), identity(2) + "42", "2级", 80, 0, "农商行", "6228480402564890018"],
        [3, "王五", identity(3), identity(3) + "42", "二", "", "100元", "农商行", "6228480402564890018"],
        [4, "赵六", identity(4), identity(4) + "42", "二", "", "", "农商行", "6228480402564890018"],
        ["合计", "", "", "", "", 160, 200],
    ]
    merged = {
        "A2:A3": "序号",
        "B2:B3": "姓名",
        "C2:C3": "身份证号码",
        "D2:E2": "残疾人证",
        "F2:G2": "补贴金额（元）",
        "H2:I2": "开户信息",
    }
    for path in (workbook(tmp_path / "a.xlsx", rows, merged), text(tmp_path / "a.csv", rows)):
        layout, batches = read(path)
        assert (layout.header_row, layout.header_rows, layout.missing) == (3, 2, ())
        assert dict(layout.mapping) == {
            1: "name",
            2: "identity_number",
            3: "certificate_number",
            4: "grade",
            5: "living_amount",
            6: "care_amount",
            7: "bank",
            8: "account_number",
            9: "paid_month",  # said once, in the title
        }
        assert layout.constants == {"paid_month": ("2026-10", "标题")}
        assert column(batches, "living_amount") == [Decimal("80.00"), Decimal("80.00"), None, None]
        assert column(batches, "care_amount") == [Decimal("100.00"), None, Decimal("100.00"), None]
        assert codes(batches) == {7: [("living_amount", "missing")]}
        assert batches[0].skipped == [(8, "total")]


def test_a_township_merged_over_many_rows_holds_for_each_and_a_number_never_does(tmp_path: Path) -> None:
    rows = [
        ["乡镇", *HEADS],
        ["大智街道", *person(1)],
        ["", *person(2)],
        ["", *person(3, 身份证号="", 残疾人证号="")],
        ["", *person(4)],
        ["", *person(5)],
    ]
    path = workbook(tmp_path / "a.xlsx", rows, {"A2:A5": "大智街道", "C3:C4": identity(2)})
    for size in (1, 2, 5000):
        _layout, batches = read(path, size=size)
        assert column(batches, "division") == ["大智街道", "大智街道", "大智街道", "大智街道", None]
        assert codes(batches) == {4: [("identity_number", "missing")]}


def test_the_sheet_that_fits_is_chosen_and_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [["本表由民政局编制"], ["填表人", "日期"]],
        sheets={
            "空表": [],
            "!旧": [HEADS, *[person(number) for number in range(9)]],
            "花名册": [["发放"], HEADS, person(1)],
            "二": [HEADS, person(2), person(3)],
        },
    )
    layout, batches = read(path)
    assert layout.sheets == ("表", "空表", "花名册", "二")
    assert (layout.sheet, layout.also) == ("二", ("花名册",))
    assert layout.unread == (("表", "no_table"), ("空表", "empty"), ("旧", "hidden"))
    assert column(batches, "identity_number") == [identity(1), identity(2), identity(3)]
    chosen, batches = read(path, sheet="花名册")
    assert (chosen.header_row, column(batches, "identity_number")) == (2, [identity(1)])


def test_an_identity_number_is_taken_as_clerks_write_it(tmp_path: Path) -> None:
    x = "11010119900307491X"
    written: list[Any] = [
        identity(1),
        f" {identity(2)[:6]} {identity(2)[6:]} ",
        "'" + identity(3),
        x.lower(),
        "１１０１０１１９９００３０７４９１Ｘ",
        "420102650312123",
        420102650312123,
        "\u200b" + identity(4) + "\xa0",
        f'="{identity(5)}"',
    ]
    path = workbook(tmp_path / "a.xlsx", [HEADS, *(person(1, 身份证号=cell, 残疾人证号="") for cell in written)])
    _layout, batches = read(path)
    old = "420102196503121231"
    assert column(batches, "identity_number")[:5] == [identity(1), identity(2), identity(3), x, x]
    assert [number[:17] for number in column(batches, "identity_number")[5:7]] == [old[:17]] * 2
    assert column(batches, "identity_number")[7:] == [identity(4), identity(5)]
    assert codes(batches) == {}
    assert {at: [remark.code for remark in remarks] for at, remarks in batches[0].remarks.items()} == {
        5: ["identity_old"],
        6: ["identity_old"],
    }


def test_what_is_wrong_with_an_identity_number_is_told_by_name(tmp_path: Path) -> None:
    good = identity(1)
    wrong: Mapping[Any, str] = {
        420102196503121234.0: "identity_digits_lost",
        "4.20102E+17": "identity_scientific",
        "420102196503121000": "identity_digits_lost",
        good[:17]: "identity_form",
        good[:-1] + ("0" if good[-1] != "0" else "1"): "identity_check",
        "420102196513121234": "identity_birth",
        "4201O2196503121234": "identity_form",
        "无": "missing",
    }
    _layout, batches = read(
        workbook(tmp_path / "a.xlsx", [HEADS, *(person(1, 身份证号=cell, 残疾人证号="") for cell in wrong)])
    )
    assert [faults[0][1] for faults in codes(batches).values()] == list(wrong.values())


def test_a_number_that_passes_by_chance_among_cut_ones_is_not_trusted(tmp_path: Path) -> None:
    lucky = next(number for day in range(1, 29) if (number := identity(100, f"196503{day:02d}")).endswith("000"))
    assert codes(read(text(tmp_path / "a.csv", [HEADS, person(1, 身份证号=lucky, 残疾人证号="")]))[1]) == {}
    rows = [HEADS, person(1, 身份证号=lucky, 残疾人证号=""), person(1, 身份证号="420102196503121000", 残疾人证号="")]
    assert codes(read(text(tmp_path / "b.csv", rows))[1]) == {
        2: [("identity_number", "identity_digits_lost")],
        3: [("identity_number", "identity_digits_lost")],
    }


def test_a_certificate_must_be_that_of_the_person_and_of_the_class(tmp_path: Path) -> None:
    heads = [*HEADS, "残疾类别", "残疾等级"]
    rows = [
        heads,
        [*person(1), "肢体", "二级"],
        [*person(1, 残疾人证号=identity(2) + "42"), "肢体", "二级"],
        [*person(1), "视力", "二级"],
        [*person(1, 残疾人证号=identity(1) + "42B1"), "肢体", "一级"],
        [*person(1, 残疾人证号=identity(1)), "", ""],
        [*person(1, 残疾人证号=42010219650312123442.0), "", ""],
    ]
    assert codes(read(workbook(tmp_path / "a.xlsx", rows))[1]) == {
        3: [("certificate_number", "certificate_other_person")],
        4: [("certificate_number", "certificate_class")],
        5: [("certificate_number", "certificate_class")],
        6: [("certificate_number", "certificate_form")],
        7: [("certificate_number", "certificate_digits_lost")],
    }


def test_months_and_amounts_in_every_usual_writing(tmp_path: Path) -> None:
    months: list[Any] = [
        "2019年3月",
        "201903",
        201903,
        "2019-03",
        "2019/3",
        "2019.3",
        date(2019, 3, 1),
        "2019-3-5",
        43525,
        "２０１９年０３月",
        "2019年3月份",
    ]
    amounts: list[Any] = [
        "80元",
        "￥80.00",
        "¥ 80",
        "80",
        80,
        80.0,
        "８０",
        "80.00元/月",
        "80.0",
        79.99999999999999,
        "80 元",
    ]
    rows = [
        ["姓名", "身份证号", "所属年月", "补贴项目", "金额"],
        *(["张三", identity(1), month, "重度", amount] for month, amount in zip(months, amounts, strict=True)),
    ]
    for path in (workbook(tmp_path / "a.xlsx", rows), text(tmp_path / "a.csv", rows)):
        _layout, batches = read(path, "history")
        assert codes(batches) == {}
        assert set(column(batches, "month")) == {Month(2019, 3)}
        assert set(column(batches, "amount")) == {Decimal("80.00")}


def test_impossible_months_and_amounts_are_refused_by_name(tmp_path: Path) -> None:
    wrong = [
        ("201513", 80, "month_impossible"),
        ("2015-12", 80, "month_impossible"),
        ("2027-01", 80, "month_impossible"),
        ("3月", 80, "month_form"),
        (2019.1, 80, "month_ambiguous"),
        ("2019-03", "8o.00", "money_form"),
        ("2019-03", -80, "money_negative"),
        ("2019-03", 0, "money_zero"),
        ("2019-03", "80.005", "money_places"),
        ("2019-03", 8_000_000, "money_large"),
        ("", 80, "missing"),
    ]
    rows = [
        ["身份证号", "月份", "补贴", "金额"],
        *([identity(1), month, "生活", amount] for month, amount, _code in wrong),
    ]
    _layout, batches = read(workbook(tmp_path / "a.xlsx", rows), "history")
    assert [faults[0][1] for faults in codes(batches).values()] == [code for _month, _amount, code in wrong]


def test_year_and_month_in_two_columns_make_one(tmp_path: Path) -> None:
    rows = [
        ["身份证号", "年度", "月份", "补贴类型", "实发金额"],
        [identity(1), 2018, 3, "生活", 80],
        [identity(1), "2018年", "12月", "生活", 80],
        [identity(1), 2015, 12, "生活", 80],
        [identity(1), 2018, "", "生活", 80],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows), "history")
    assert layout.missing == ()
    assert column(batches, "month") == [Month(2018, 3), Month(2018, 12), None, None]
    assert codes(batches) == {4: [("year", "month_impossible")], 5: [("month_of_year", "missing")]}


def test_names_are_made_alike_and_never_guessed(tmp_path: Path) -> None:
    names = {
        "张　三": "张三",
        "买买提•艾力": "买买提·艾力",
        "买买提．艾力": "买买提·艾力",
        "买买提.艾力": "买买提·艾力",
        " 欧阳 娜娜 ": "欧阳娜娜",
        "𠮷田": "𠮷田",
    }
    wrong = ["张*三", "张三（已故）", "张三2", "张?"]
    rows = [HEADS, *(person(1, 姓名=name) for name in [*names, *wrong])]
    _layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert column(batches, "name")[: len(names)] == list(names.values())
    assert {code for faults in codes(batches).values() for code in faults} == {("name", "name_form")}
    assert len(codes(batches)) == len(wrong)


def test_cells_in_error_are_told_and_not_taken_for_empty(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, HEADS)
    sheet.write_row(1, 0, person(1))
    sheet.write_formula(1, 6, "=VLOOKUP(A2,Z:Z,1,0)", None, "#N/A")
    sheet.write_row(2, 0, person(2))
    sheet.write_formula(2, 4, "=SUM(1,79)", None, 80)
    book.close()
    _layout, batches = read(tmp_path / "a.xlsx")
    assert codes(batches) == {2: [("economic", "formula_error")]}
    assert column(batches, "amount") == [Decimal("80.00")] * 2
    assert codes(read(text(tmp_path / "a.csv", [HEADS, person(1, 低保类别="#REF!")]))[1]) == {
        2: [("economic", "formula_error")]
    }


def test_a_file_without_titles_is_known_by_its_content(tmp_path: Path) -> None:
    layout, batches = read(
        text(tmp_path / "a.csv", [["张三", identity(1), "生活补贴"], ["李四", identity(2), "护理补贴"]])
    )
    assert (layout.header_row, layout.missing) == (0, ())
    assert set(layout.sure.values()) == {"content"}
    assert column(batches, "name") == ["张三", "李四"]


def test_the_number_of_a_guardian_is_not_taken_for_that_of_the_person(tmp_path: Path) -> None:
    rows = [
        ["监护人身份证号", "监护人", "残疾人姓名", "本人号码", "享受补贴类别"],
        [identity(9), "李四", "张三", identity(1), "生活"],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert column(batches, "identity_number") == [identity(1)]
    assert layout.sure[3] == "content"
    assert column(batches, "guardian_name") == ["李四"]


def test_columns_set_by_hand_and_remembered_ones_go_first(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["甲列", "乙列", "类型", "备注"], ["张三", identity(1), "生活", "x"]])
    by_hand, _batches = read(path, mapping={0: "name", 1: "identity_number", 2: "subsidy"})
    assert dict(by_hand.sure) == {0: "by_hand", 1: "content", 2: "alias"}
    remembered, _batches = read(path, remembered={"甲列": "name", "备注": ""})
    assert (remembered.mapping[0], remembered.sure[0]) == ("name", "remembered")
    assert 3 not in remembered.mapping
    assert remembered.missing == ()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    layout, _batches = read(workbook(tmp_path / "a.xlsx", [["姓名", "电话"], ["张三", "13800000000"]]))
    assert layout.missing == ("identity_number", "subsidy|living_amount|care_amount")


def test_every_row_of_a_real_sheet_is_read_refused_or_passed_over_by_name(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["江岸区 2026 年 10 月残疾人两项补贴发放花名册"],
        ["填报单位：（盖章）", "", "", "单位：元"],
        ["序号", *HEADS],
        ["甲", 1, 2, 3, 4, 5, 6, 7, 8],
        [1, *person(1)],
        [2, *person(2)],
        ["小计", "", "", "", "", 160],
        ["一元街道"],
        [3, *person(3)],
        ["序号", *HEADS],
        [4, *person(4, 身份证号="")],
        [5],
        [6],
        [],
        ["", "合  计", "共4人", "", "", 320],
        ["", "", "", "", "", 320],
        ["备注：以上人员均已核实"],
        ["制表人：张三", "", "", "审核人：李四", "", "", "2026年10月8日"],
        ["第1页，共1页"],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert layout.header_row == 3
    assert [number for batch in batches for number in batch.row_nos] == [5, 6, 9, 11]
    assert codes(batches) == {11: [("identity_number", "missing")]}
    assert skipped_rows(batches) == {"header": 2, "total": 3, "heading": 1, "blank": 3, "footer": 3}
    assert layout.rows == sum(len(batch.row_nos) + len(batch.skipped) for batch in batches)


def test_a_person_without_a_number_is_refused_and_never_passed_over(tmp_path: Path) -> None:
    rows = [
        HEADS,
        person(1, 身份证号="", 残疾人证号=""),
        person(2, 姓名="", 身份证号="", 残疾人证号=""),
        person(3, 姓名="注：迁出", 身份证号="420102"),
    ]
    _layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert list(codes(batches)) == [2, 3, 4]
    assert not skipped_rows(batches)


def test_titles_are_compared_without_what_does_not_matter() -> None:
    assert {
        plain_title(title)
        for title in (
            "身份证号",
            " 身份证号* ",
            "身份证\n号",
            "＊身份证号（18位）",
            "3.身份证号",
            "身份证号：",
            "\ufeff身份证号",
        )
    } == {"身份证号"}
    assert plain_title("姓　名") == "姓名"
    assert plain_title("补贴标准（元/月）") == "补贴标准"
    assert plain_title("(元)")


@pytest.mark.parametrize("kind", [*KINDS.values(), list_kind("deaths", "死亡名单")], ids=lambda kind: kind.key)
def test_no_title_means_two_columns_of_a_kind(kind: Any) -> None:
    titles = [plain_title(column.title) for column in kind.columns]
    assert len(set(titles)) == len(titles)
    assert len({column.key for column in kind.columns}) == len(titles)
    assert lacking(kind, [column.key for column in kind.columns]) == ()


def test_amounts_in_another_unit_are_not_read_as_yuan(tmp_path: Path) -> None:
    for rows in (
        [["姓名", "身份证号", "补贴类型", "发放金额（万元）"], ["张三", identity(1), "生活补贴", 0.008]],
        [
            ["发放表"],
            ["单位：万元"],
            ["姓名", "身份证号", "补贴类型", "发放金额"],
            ["张三", identity(1), "生活补贴", 0.008],
        ],
    ):
        layout, _batches = read(workbook(tmp_path / "a.xlsx", rows))
        assert "amount" not in layout.mapping.values()
    layout, _batches = read(
        workbook(
            tmp_path / "a.xlsx",
            [["单位：元"], ["姓名", "身份证号", "补贴类型", "发放金额(元)"], ["张三", identity(1), "生活补贴", 80]],
        )
    )
    assert "amount" in layout.mapping.values()


def test_titles_below_those_of_another_person_are_not_taken_for_the_persons_own(tmp_path: Path) -> None:
    rows = [
        ["监护人", "", "残疾人", "", "补贴类型"],
        ["姓名", "身份证号", "姓名", "身份证号", ""],
        ["李四", identity(9), "张三", identity(1), "生活补贴"],
    ]
    layout, batches = read(
        workbook(tmp_path / "a.xlsx", rows, {"A1:B1": "监护人", "C1:D1": "残疾人", "E1:E2": "补贴类型"})
    )
    assert layout.missing == ()
    assert (column(batches, "name"), column(batches, "guardian_name"), column(batches, "identity_number")) == (
        ["张三"],
        ["李四"],
        [identity(1)],
    )


def test_the_better_title_of_two_is_taken_wherever_it_stands(tmp_path: Path) -> None:
    layout, _batches = read(
        workbook(
            tmp_path / "a.xlsx",
            [
                ["村", "乡镇", "姓名", "身份证号", "补贴类型", "应发金额", "实发金额"],
                ["某村", "某镇", "张三", identity(1), "护理补贴（一级）", 80, 70],
            ],
        )
    )
    assert {key: at for at, key in layout.mapping.items()}["division"] == 1
    assert {key: at for at, key in layout.mapping.items()}["amount"] == 6
    assert column(_batches, "subsidy") == ["care"]
