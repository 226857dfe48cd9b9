"""Invented values for the showcase. Nothing here is a real person, place of payment or amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from lxbt.web.kit import components as c
from lxbt.web.showcase.months import alert_months, care_months, living_months

D = Decimal


EYE = "/components/reveal/"


WHY = "/components/why/"


def parts() -> dict[str, Any]:
    """States, clocks, steps, facts, decisions, dialogs."""
    chip = c.Chip
    return {
        "chips": [
            chip("已通过", "ok"),
            chip("审核中", "run"),
            chip("今日到期", "warn"),
            chip("已逾期", "bad"),
            chip("不予批准", "bad", "circle-x"),
            chip("退回补正", "warn", "arrow-back-up"),
            chip("暂缓", "hold"),
            chip("草稿", "off"),
            chip("已停发", "off", "ban"),
            chip("享受中", "ok"),
            chip("▲ 补发", "run", "history"),
            chip("▼ 抵扣", "hold", "receipt-refund"),
            chip("退票", "warn", "receipt-off"),
            chip("已撤回", "off", "arrow-back-up"),
        ],
        "clocks": [
            c.Clock(2, 5, "running", "还剩 3 个工作日", "11-20 收件，限 5 个工作日，按江岸区工作日历"),
            c.Clock(4, 5, "last", "还剩 1 个工作日"),
            c.Clock(5, 5, "today", "今日 17:30 到期"),
            c.Clock(7, 5, "overdue", "逾期 2 个工作日", "已抄送区残联"),
            c.Clock(2, 5, "paused", "计时暂停，等待补正"),
            c.Clock(3, 5, "done", "3 个工作日办结"),
        ],
        "masked": c.MaskedValue("420102********3427", EYE, "刘秀英的身份证号"),
        "steps": [
            c.Step("受理", "done", "大智街道 · 王敏", "11-12 09:41", 1, 1),
            c.Step("初审", "done", "大智街道 · 王敏", "11-17 15:08", 3, 5),
            c.Step("区残联审核", "current", "江岸区残联 · 您", note="收件 11-18 · 4/5 工作日"),
            c.Step("区民政审定", "future", "江岸区民政局", limit=5),
            c.Step("公示", "future", "大智街道", limit=5),
            c.Step("生效", "future", "自 2026-11 计发"),
        ],
        "facts": [
            c.Fact("姓名 / 性别", "刘秀英", "公安", date(2026, 11, 12), "女　68 岁", strong=True),
            c.Fact("残疾证", "肢体三级", "残联库", date(2026, 11, 24), "有效至 2031-03", strong=True),
            c.Fact(
                "身份证号", c.MaskedValue("420102********3427", EYE, "刘秀英的身份证号"), "公安", date(2026, 11, 12)
            ),
            c.Fact("证号", c.MaskedValue("420102********342743", EYE, "刘秀英的残疾证号"), "残联库"),
            c.Fact("户籍", "江岸区大智街道铁路社区", "公安", date(2026, 11, 12)),
            c.Fact("低保", "城市低保", "核对机制", date(2026, 11, 16), "2024-06 起"),
            c.Fact("手机", c.MaskedValue("138****6620", EYE, "刘秀英的手机"), "申报", date(2026, 11, 12)),
            c.Fact("其他补贴", "老年人护理补贴 200.00", "民政", date(2026, 11, 20), look=True, late=True),
        ],
        "decisions": [
            c.Decision(
                "living",
                "困难残疾人生活补贴",
                D("120.00"),
                "元/月，自 2026-11 起",
                chip("符合", "ok"),
                [
                    c.Reason("城市低保家庭，2024-06 起", True, "国发〔2015〕52号 二（一）", "#"),
                    c.Reason("残疾证有效，三级，户籍江岸区", True, "同上", "#"),
                    c.Reason("适用标准“三、四级 120.00”", True, "武汉市 2025 标准 第2行", "#"),
                ],
            ),
            c.Decision(
                "care",
                "重度残疾人护理补贴",
                D("0.00"),
                "2 条理由，每条均足以不予批准",
                chip("不符合", "bad", "circle-x"),
                [
                    c.Reason(
                        "肢体三级，不属一、二级，也不属三、四级智力、精神", False, "国发〔2015〕52号 二（二）", "#"
                    ),
                    c.Reason("已领老年人护理补贴 200.00 元/月，只能择高领取", False, "民发〔2022〕79号", "#"),
                ],
            ),
        ],
        "events": [
            c.Event(date(2026, 9, 1), "认定低保边缘", "核对机制，09-18 收到", result="生活补贴恢复"),
            c.Event(date(2026, 4, 30), "退出城市低保", "07-06 才收到", late=True, result="多发 2 个月"),
            c.Event(date(2022, 2, 24), "肢体三级改为二级", "残联库，02-25 收到", result="可享护理补贴"),
        ],
        "milestones": [
            c.Milestone("11-05", "上月回盘", "退票 3 笔已补正", "done"),
            c.Milestone("11-10", "10 月补贴到账", "已完成", "done"),
            c.Milestone("11-20", "死亡、低保比对", "4 条待核实", "look"),
            c.Milestone("11-25", "本月名册锁定", "还剩 1 个工作日", "current"),
            c.Milestone("11-30", "区级会签", "未到"),
            c.Milestone("12-10", "11 月补贴到账", "未到"),
        ],
        "confirm": c.Confirm(
            "stop",
            "停发吴德明的两项补贴？",
            "停发并送复核",
            "#",
            [("自", "2026-07"), ("每月少发", "280.00 元"), ("立案追缴", "1,120.00 元，8 笔")],
            "须由区民政黄颖复核后生效。复核前可以撤回。原发放记录不改动。",
            D("1120.00"),
            "输入追缴金额以确认",
        ),
        "approval": c.Approval(
            [
                c.Signer("编制", "黄颖 11-24 10:12", "done"),
                c.Signer("复核", "您（邓华）", "current"),
                c.Signer("残联会签", "陈立", "future"),
                c.Signer("报财政", "一卡通", "future"),
            ],
            "#",
            D("1291020.00"),
            "复核通过并锁定",
            "退回编制",
        ),
        "progress": c.Progress(312_604, 206_371, 7_562, 947, 11_840, "18 秒", "8 秒", running=True),
        "outcome": c.Segments(
            "outcome", "生活补贴", [c.Choice("yes", "通过", True, icon="check"), c.Choice("no", "不予")], small=True
        ),
        "agent": c.Segments(
            "agent",
            "办理人",
            [
                c.Choice("self", "本人"),
                c.Choice("guardian", "法定监护人", True),
                c.Choice("kin", "亲属"),
                c.Choice("other", "其他委托"),
            ],
        ),
        "empty": c.Empty("没有逾期的件", "最近一件在 11-26 到期。", c.Link("看全部待办", "#")),
        "share": c.Share(0.978),
        "low": c.Share(0.917, "warn", "低于 95%", 0.9, 1),
        "late": c.Share(0.88, "bad"),
    }


def tables() -> dict[str, Any]:
    """The list of a work bench, its tiles and tabs, and an amount table with sums."""
    column, row, person = c.Column, c.Row, c.Person
    both, living, care = c.Subsidies(["living", "care"]), c.Subsidies(["living"]), c.Subsidies(["care"])
    waiting = [
        (c.Clock(6, 5, "overdue", "逾期 1 个工作日"), "胡长青", 1958, "0917", care, "初审", "窗口", "办理"),
        (c.Clock(5, 5, "today", "今日 17:30 到期"), "李秀珍", 1966, "1248", both, "初审", "窗口", "办理"),
        (c.Clock(3, 3, "today", "今日 17:30 到期"), "张卫东", 1979, "2213", care, "推送户籍地", "跨省代收", "推送"),
        (c.Clock(5, 5, "today", "今日 17:30 到期"), "赵玉梅", 1971, "3624", living, "补正复核", "网上", "办理"),
        (c.Clock(5, 5, "today", "今日期满"), "徐国强", 1949, "0035", care, "公示", "窗口", "报区残联"),
        (c.Clock(4, 5, "running", "还剩 1 个工作日"), "余小兰", 1988, "452X", both, "初审", "民政通", "办理"),
        (c.Clock(3, 5, "running", "还剩 2 个工作日"), "高建华", 1963, "1916", living, "初审", "村居代办", "办理"),
    ]
    rows = [
        row(
            [clock, person(name, f"{born} 年生", f"420102********{tail}"), subsidy, step, source, date(2026, 11, 17)],
            f"#case-{tail}",
            action,
            primary=index == 0,
            key=tail,
            amount=D("120.00"),
            menu=[c.Link("转派", "#", "user-share"), c.Link("打印受理单", "#", "printer")] if index == 1 else [],
        )
        for index, (clock, name, born, tail, subsidy, step, source, action) in enumerate(waiting)
    ]
    columns = [
        column("期限（工作日）", sort="due", phone="first"),
        column("申请人", phone="lead"),
        column("补贴", phone="corner"),
        column("环节", phone="bare"),
        column("来源", phone="hide"),
        column("受理日", sort="received", phone="hide"),
    ]
    sums = [
        row(
            [
                c.Chip("新增", "run", "plus"),
                person("唐建平"),
                care,
                date(2026, 11, 1),
                c.Amount(D("140.00"), WHY),
                None,
                "精神二级，11-09 受理",
            ]
        ),
        row(
            [
                c.Chip("停发", "off", "ban"),
                person("吴德明"),
                care,
                date(2026, 11, 1),
                c.Amount(D("0.00"), WHY),
                D("140.00"),
                "06-11 死亡",
            ]
        ),
        row(
            [
                c.Chip("▼ 抵扣", "hold", "receipt-refund"),
                person("江美珍"),
                living,
                date(2026, 9, 1),
                c.Amount(D("-120.00"), WHY),
                D("120.00"),
                "9 月多发",
            ]
        ),
    ]
    return {
        "waiting": c.Table(
            "待办", columns, rows, page=c.Page(7, 23, "件", "7"), bulk=[c.BulkAction("批量初审", "#", "check", "A")]
        ),
        "queue": c.Table("待办", columns, rows, page=c.Page(7, 23, "件", "7")),
        "items": c.Table(
            "明细",
            [
                column("变动", phone="first"),
                column("姓名", phone="lead"),
                column("补贴", phone="bare"),
                column("所属月"),
                column("本次（元）", "num", "amount"),
                column("上月（元）", "num"),
                column("原因", phone="bare"),
            ],
            sums,
            totals=["合计", None, None, None, D("20.00"), D("260.00"), None],
        ),
        "nothing": c.Table(
            "逾期", columns, [], empty=c.Empty("没有逾期的件", "最近一件在 11-26 到期。", c.Link("看全部待办", "#"))
        ),
        "tabs": [
            c.Tab("按期限", "?", 23, True),
            c.Tab("初审", "?step=1", 13),
            c.Tab("补正复核", "?step=2", 3),
            c.Tab("公示", "?step=3", 5),
        ],
        "tiles": [
            c.Tile("待我办理", "23", note="其中跨省代收 2", icon="inbox", url="#", current=True),
            c.Tile("今日到期", "4", note="最早 17:30", icon="clock-exclamation", tone="warn", url="#"),
            c.Tile("已逾期", "1", note="已抄送区残联", icon="alert-triangle", tone="bad", url="#"),
            c.Tile("退回补正", "3", note="计时已暂停", icon="arrow-back-up", url="#"),
            c.Tile("公示中", "5", note="1 件今日期满", icon="speakerphone", url="#"),
        ],
    }


def figures() -> dict[str, Any]:
    """Strip, bridge, charts and map."""
    labels = [f"{2024 + (10 + i) // 12}-{(10 + i) % 12 + 1:02d}" for i in range(24)]
    return {
        "strip": c.Strip(
            "story",
            [c.Lane("living", living_months()), c.Lane("care", care_months())],
            "2016-01 至 2026-11，生活补贴与护理补贴逐月：多数按月发，2020 年、2025 年各有补发，2026 年多发 2 "
            "个月已收回",
        ),
        "year": c.Strip(
            "alert", [c.Lane(code, alert_months()) for code in ("living", "care")], "2026 年逐月：6 月死亡后仍发 4 个月"
        ),
        "bridge": c.Bridge(
            "bridge",
            "从 10 月到 11 月，差在哪里",
            "单位：元；逐项相加等于 11 月应发",
            [
                c.BridgeBar("10 月实发", D("1286440"), "end"),
                c.BridgeBar("上月一次性", D("-4560")),
                c.BridgeBar("新增", D("8380"), under="61 人"),
                c.BridgeBar("停发", D("-6220"), under="47 人"),
                c.BridgeBar("变更", D("400"), under="18 人"),
                c.BridgeBar("补发", D("9760"), under="71 笔"),
                c.BridgeBar("抵扣追缴", D("-1980"), under="14 笔"),
                c.BridgeBar("暂缓", D("-1200"), under="9 人"),
                c.BridgeBar("11 月应发", D("1291020"), "end"),
            ],
        ),
        "line": c.LineChart(
            "people",
            "人数",
            "万人，近 24 个月",
            labels,
            [
                c.Series("护理", "care", [1576 + i * 1.15 for i in range(24)]),
                c.Series("生活", "living", [1186 - i * 0.5 for i in range(24)]),
            ],
            "截至 11-24 09:00",
            2,
        ),
        "bars": c.BarChart(
            "paid",
            "发放",
            "亿元；浅色为提标补发",
            labels,
            [
                c.Series("当月", "money", [31 + i * 0.12 for i in range(24)]),
                c.Series("补发", "arrears", [2.4 if i == 2 else 1.2 if i % 7 == 0 else 0.1 for i in range(24)]),
            ],
            "10 月已关账",
            2,
        ),
        "map": c.AreaMap(
            "rate",
            "应享已享率",
            "已领人数 ÷ 按规则应领人数",
            "china",
            [c.Area(code, name, value, f"{value}%", f"#{code}") for code, name, value in PROVINCES],
            [
                c.Limit(99, "99% 以上"),
                c.Limit(98, "98–99%"),
                c.Limit(97, "97–98%"),
                c.Limit(95, "95–97%"),
                c.Limit(0, "低于 95%"),
            ],
            "应享已享率",
            "10 月（已关账）",
            "兵团单列：96.9%",
        ),
    }


PROVINCES = [
    ("110000", "北京", 99.2),
    ("120000", "天津", 99.1),
    ("130000", "河北", 97.4),
    ("140000", "山西", 98.2),
    ("150000", "内蒙古", 97.3),
    ("210000", "辽宁", 97.6),
    ("220000", "吉林", 96.4),
    ("230000", "黑龙江", 96.1),
    ("310000", "上海", 99.4),
    ("320000", "江苏", 99.3),
    ("330000", "浙江", 99.5),
    ("340000", "安徽", 98.1),
    ("350000", "福建", 99.0),
    ("360000", "江西", 97.2),
    ("370000", "山东", 98.4),
    ("410000", "河南", 96.6),
    ("420000", "湖北", 98.3),
    ("430000", "湖南", 98.0),
    ("440000", "广东", 98.6),
    ("450000", "广西", 95.9),
    ("460000", "海南", 98.2),
    ("500000", "重庆", 98.5),
    ("510000", "四川", 97.7),
    ("520000", "贵州", 94.8),
    ("530000", "云南", 95.2),
    ("540000", "西藏", 91.7),
    ("610000", "陕西", 97.1),
    ("620000", "甘肃", 95.6),
    ("630000", "青海", 94.1),
    ("640000", "宁夏", 98.0),
    ("650000", "新疆", 96.3),
]
