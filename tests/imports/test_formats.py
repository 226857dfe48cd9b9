"""Every format that is taken, and every file that is refused by name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from lxbt.documents.rules.workbooks import LARGE, Fault, Limits, Unfit, check_stream, parts
from lxbt.imports.reading import recognise
from lxbt.imports.rules.kinds import kind_named
from tests.imports.making import HEADS, codes, column, identity, person, read, text, workbook
from tests.imports.old_books import compound, ods, ods_row, xls


def fault(path: Path) -> Fault:
    with pytest.raises(Unfit) as refused:
        recognise(path, kind_named("recipients"))
    return refused.value.fault


def bytes_fault(tmp_path: Path, content: bytes, name: str = "a.xlsx") -> Fault:
    (tmp_path / name).write_bytes(content)
    return fault(tmp_path / name)


def test_an_old_xls_is_read_with_its_merged_cells(tmp_path: Path) -> None:
    heads = [*HEADS, "乡镇"]
    path = tmp_path / "a.xls"
    path.write_bytes(
        xls(
            [heads, [*person(1), "大智街道"], [*person(2), ""], [*person(3, 身份证号=420102196503121234.0), ""]],
            merged=[(1, 8, 2, 8)],
        )
    )
    layout, batches = read(path)
    assert layout.missing == ()
    assert column(batches, "division") == ["大智街道", "大智街道", None]
    assert codes(batches) == {4: [("identity_number", "identity_digits_lost")]}


def test_an_opendocument_sheet_is_read_with_its_merged_cells_and_errors(tmp_path: Path) -> None:
    heads = [*HEADS, "乡镇"]
    rows = [
        ods_row(["发放表"]),
        ods_row(heads),
        ods_row([*person(1), ("大智街道", 2)]),
        ods_row([*person(2), ""]),
        ods_row([], times=3),
        ods_row([*person(3, 发放金额="#DIV/0!"), "一元街道"]),
    ]
    layout, batches = read(ods(tmp_path / "a.ods", rows))
    assert (layout.header_row, layout.missing) == (2, ())
    assert [number for batch in batches for number in batch.row_nos] == [3, 4, 8]
    assert column(batches, "division") == ["大智街道", "大智街道", "一元街道"]
    assert codes(batches) == {8: [("amount", "formula_error")]}


def test_an_opendocument_sheet_that_grows_when_laid_out_is_refused(tmp_path: Path) -> None:
    assert fault(ods(tmp_path / "a.ods", [ods_row(HEADS), ods_row(person(1), times=2_000_000)])) == Fault.TOO_MANY_ROWS
    wide = (
        '<table:table-row><table:table-cell table:number-columns-repeated="16000" office:value-type="float" '
        'office:value="1"/></table:table-row>'
    )
    assert fault(ods(tmp_path / "b.ods", [wide])) == Fault.BOMB


def test_what_is_hidden_behind_a_password_is_told_so(tmp_path: Path) -> None:
    assert (
        bytes_fault(tmp_path, compound({"EncryptionInfo": bytes(5000), "EncryptedPackage": bytes(9000)}))
        == Fault.LOCKED
    )
    assert bytes_fault(tmp_path, xls([HEADS, person(1)], locked=True), "a.xls") == Fault.LOCKED
    manifest = b'<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
    assert fault(ods(tmp_path / "a.ods", [ods_row(HEADS)], extra={"META-INF/manifest.xml": manifest})) == Fault.LOCKED


def test_a_file_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    page = "<html><body><p>姓名</p></body></html>".encode()
    assert bytes_fault(tmp_path, page, "a.xls") == Fault.WEB_PAGE
    assert bytes_fault(tmp_path, b"\xef\xbb\xbf\r\n<?xml version='1.0'?><Workbook/>", "a.xls") == Fault.WEB_PAGE
    assert bytes_fault(tmp_path, b"%PDF-1.7 " + bytes(range(1, 200))) == Fault.NOT_A_SHEET
    assert bytes_fault(tmp_path, b"\xff\xd8\xff\xe0 JFIF" + bytes(100)) == Fault.NOT_A_SHEET
    assert bytes_fault(tmp_path, compound({"WordDocument": bytes(5000)}), "a.xls") == Fault.NOT_A_SHEET
    assert bytes_fault(tmp_path, b"") == Fault.EMPTY
    assert bytes_fault(tmp_path, b" \r\n ", "a.csv") == Fault.EMPTY
    workbook(tmp_path / "b.xlsx", [HEADS, person(1)]).rename(tmp_path / "b.csv")
    assert codes(read(tmp_path / "b.csv")[1]) == {}
    text(tmp_path / "c.csv", [HEADS, person(1)]).rename(tmp_path / "c.xlsx")
    assert codes(read(tmp_path / "c.xlsx")[1]) == {}


def test_a_damaged_or_empty_workbook_is_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "a.xlsx", [HEADS, person(1)]).read_bytes()
    assert bytes_fault(tmp_path, good[:-300], "b.xlsx") == Fault.DAMAGED
    assert bytes_fault(tmp_path, xls([HEADS])[:1200], "b.xls") == Fault.DAMAGED
    assert fault(workbook(tmp_path / "c.xlsx", [])) == Fault.EMPTY


def test_a_file_over_the_limits_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADS, person(1)])
    for limits, why in (
        (Limits(size=100), Fault.TOO_LARGE),
        (Limits(parts=2), Fault.BOMB),
        (Limits(unpacked=500), Fault.BOMB),
    ):
        with path.open("rb") as stream, pytest.raises(Unfit) as refused:
            check_stream(stream, path.stat().st_size, limits)
        assert refused.value.fault == why


SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ('<row r="999999"><c r="A999999"><v>1</v></c></row>', None),
        ('<row r="1"><c r="ZZ999999"><v>1</v></c></row>', Fault.BOMB),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', Fault.BOMB),
        ("<row r='1'><c r='XFD1'><v>1</v></c></row>", Fault.BOMB),
        ('<row r="1"><c t="n" r = "XFD1"><v>1</v></c></row>', Fault.BOMB),
        ('<row r="1"><c\nr\n=\n"XFD1"><v>1</v></c></row>', Fault.BOMB),
        ('<row r="1"><c r="xfd1"><v>1</v></c></row>', Fault.BOMB),
        ('<x:row r="1"><x:c r="ZZZ7"><v>1</v></x:c></x:row>', Fault.BOMB),
        ('<row r="1"><c r="A1048577"><v>1</v></c></row>', Fault.TOO_MANY_ROWS),
        ('<row r="99999999"><c><v>1</v></c></row>', Fault.TOO_MANY_ROWS),
        ('<row r="1">' + "<c><v>1</v></c>" * 800 + "</row>", Fault.BOMB),
        ("<row><c><v>1</v></c></row>" * 50, None),
        ('<row r="1"><c s="1" t="n"><v>1</v></c><c r="B1"><v>1</v></c></row>', None),
        (
            (
                '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="AD1048576" '
                's="1"></c></row>'
            ),
            None,
        ),  # a format only
    ],
)
def test_a_cell_in_the_far_corner_is_found_however_it_is_written(
    tmp_path: Path, cells: str, found: Fault | None
) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(workbook(tmp_path / "a.xlsx", [HEADS])) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, SHEET.format(cells) if name == "xl/worksheets/sheet1.xml" else old.read(name))
    out.seek(0)
    if found is None:
        check_stream(out, len(out.getvalue()), LARGE)
        return
    with pytest.raises(Unfit) as refused:
        check_stream(out, len(out.getvalue()), LARGE)
    assert refused.value.fault == found


def test_the_corner_of_a_usual_sheet_is_seen_without_looking_at_each_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_told: object) -> None:
        raise AssertionError("every cell was looked at")

    monkeypatch.setattr(parts, "_find_corner", slow)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADS)
    sheet.append(person(1))
    book.save(tmp_path / "b.xlsx")
    for path in (workbook(tmp_path / "a.xlsx", [HEADS, person(1)], {"A5:B6": "x"}), tmp_path / "b.xlsx"):
        with path.open("rb") as stream:
            assert check_stream(stream, path.stat().st_size).kind == "xlsx"


def test_a_text_file_that_breaks_off_or_never_ends_a_cell_is_refused(tmp_path: Path) -> None:
    kind = kind_named("recipients")
    (tmp_path / "a.csv").write_bytes("姓名,身份证号,补贴类型\n张三,".encode() + b"\x81")
    with pytest.raises(Unfit):
        recognise(tmp_path / "a.csv", kind)
    (tmp_path / "b.csv").write_bytes(("姓名,身份证号,补贴类型\n" + '"' + "张" * 200_000).encode())
    with pytest.raises(Unfit):
        read(tmp_path / "b.csv")


def test_the_long_text_of_a_large_file_is_not_kept_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="gb18030") as file:
        file.write("姓名,身份证号,补贴类型,备注\n")
        for number in range(60_000):
            file.write(f"张三,{identity(number)},生活补贴,{'说明' * 20}\n")
    import tracemalloc

    tracemalloc.start()
    layout = recognise(path, kind_named("recipients"))
    from lxbt.imports.reading import read_batches
    from tests.imports.making import ON

    rows = 0
    shares = []
    for batch in read_batches(path, kind_named("recipients"), layout, on=ON, size=1000):
        rows += len(batch.row_nos)
        shares.append(batch.done)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 60_000
    assert peak < 12 * 2**20
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
