"""Columns of facts that a scheme may turn on, beside class and area."""

from __future__ import annotations

from lxbt.imports.rules.kinds.shapes import Column, titles

COMPONENTS, *_FACTS = (
    Column(key, title, kind, titles(aliases), note=note, example=example)
    for key, title, kind, aliases, note, example in (
        (
            "components",
            "多重残疾组成",
            "components",
            "多重残疾构成 多重残疾类别等级",
            "每类的类别和等级，用顿号隔开；不是多重残疾的留空。",
            "视力一级、言语二级",
        ),
        (
            "income_ratio",
            "家庭人均收入倍数",
            "ratio",
            "家庭人均收入与低保标准之比 收入倍数",
            "家庭人均收入除以低保标准，如 1.3 或 130%。",
            "",
        ),
        (
            "own_income",
            "本人月收入",
            "yuan",
            "个人月收入 本人收入 个人收入",
            "元；没有收入填 0。",
            "",
        ),
        (
            "steady_income",
            "固定收入",
            "yes_no",
            "有无固定收入 是否有固定收入 稳定收入 是否有稳定收入",
            "有或无。",
            "",
        ),
        (
            "pension",
            "养老保险待遇",
            "pension",
            "享受养老保险待遇 养老待遇 养老金",
            "未享受、城乡居民养老保险、职工养老保险。",
            "",
        ),
        (
            "employment",
            "就业",
            "employment",
            "就业情况 就业状况 就业状态 是否就业",
            "无业、已就业、在校学生。",
            "",
        ),
        (
            "self_care",
            "自理能力",
            "self_care",
            "生活自理能力 自理情况 自理程度",
            "能自理、部分不能自理、基本不能自理、完全不能自理。",
            "",
        ),
        (
            "care_setting",
            "照护方式",
            "care_setting",
            "照料方式 托养方式 护理方式 居住方式",
            "居家或机构托养。",
            "",
        ),
        (
            "long_term_care",
            "长期照护",
            "yes_no",
            "需要长期照护 是否需要长期照护 长期护理需求",
            "需要 6 个月以上照护的填是。",
            "",
        ),
        (
            "household",
            "特殊家庭",
            "household",
            "家庭特殊情况",
            "一户多残、依老养残、老残一体，几项用顿号隔开；没有填无。",
            "",
        ),
        (
            "marks",
            "标记",
            "marks",
            "本地标记 对象标记 特殊标记",
            "本地规定的标记，几项用顿号隔开；没有填无。",
            "",
        ),
        (
            "work_injury_care",
            "工伤生活护理费",
            "yuan",
            "工伤保险生活护理费 是否领取工伤保险生活护理费金额",
            "每月元数；没有填 0。",
            "",
        ),
        (
            "orphan",
            "孤儿基本生活费",
            "yes_no",
            "孤儿 是否孤儿",
            "是或否。",
            "",
        ),
        (
            "de_facto_orphan",
            "事实无人抚养儿童补贴",
            "de_facto_orphan",
            "事实无人抚养儿童 事实无人抚养儿童基本生活补贴",
            "全额、部分或无。",
            "",
        ),
        (
            "elderly_care",
            "老年人护理补贴",
            "yuan",
            "老年护理补贴",
            "每月元数；没有填 0。",
            "",
        ),
        (
            "elderly_service",
            "养老服务补贴",
            "yuan",
            "",
            "每月元数；没有填 0。",
            "",
        ),
        (
            "elderly_age",
            "高龄津贴",
            "yuan",
            "高龄补贴",
            "每月元数；没有填 0。",
            "",
        ),
        (
            "retired_cadre",
            "离休",
            "yes_no",
            "是否离休 离休待遇",
            "是或否。",
            "",
        ),
        (
            "allowances",
            "其他补贴",
            "allowances",
            "其他补贴及金额",
            "名称和每月元数，用顿号隔开；不再领取的填 0。",
            "取暖补贴 300",
        ),
    )
)
FACTS = tuple(_FACTS)
FACT_KEYS = tuple(column.key for column in FACTS)
MOVED_OUT = Column(
    "moved_out_on", "户籍迁出日期", "past", titles("迁出日期 迁出时间 户口迁出日期"), note="写成 2019-03-05。"
)
CUSTODY = Column(
    "imprisoned_on", "服刑起始日期", "past", titles("服刑日期 收监日期 入监日期 羁押日期"), note="写成 2019-03-05。"
)
FACTS_SINCE = Column(
    "facts_since",
    "情况起始月份",
    "any_month",
    titles("情况起始月 变化月份 变动月份 生效月份"),
    note="这一行的情况从哪月起，如 2026-03；留空的，已登记的人从本月起，新登记的人为一直如此。",
)
