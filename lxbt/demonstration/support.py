"""The contact directory, known answers and questions on their way, through the real operations.

Telephone numbers begin as no real one does.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lxbt.accounts.models import User
from lxbt.core.clock import BEIJING
from lxbt.core.workdays import is_workday
from lxbt.demonstration.places import DEEP, SHOW_COUNTY, County
from lxbt.divisions.queries import county_of, divisions_in
from lxbt.divisions.rules import NATION, Level, prefix
from lxbt.support.models import Office
from lxbt.support.operations import answers, questions
from lxbt.support.rules.questions import Line

AREAS = {
    "00": "010",
    "11": "010",
    "12": "022",
    "13": "0311",
    "14": "0351",
    "15": "0471",
    "21": "024",
    "22": "0431",
    "23": "0451",
    "31": "021",
    "32": "025",
    "33": "0571",
    "34": "0551",
    "35": "0591",
    "36": "0791",
    "37": "0531",
    "41": "0371",
    "42": "027",
    "43": "0731",
    "44": "020",
    "45": "0771",
    "46": "0898",
    "50": "023",
    "51": "028",
    "52": "0851",
    "53": "0871",
    "54": "0891",
    "61": "029",
    "62": "0931",
    "63": "0971",
    "64": "0951",
    "65": "0991",
    "66": "0991",
}
HOURS = "工作日 9:00 至 12:00，14:00 至 17:30"
KNOWN: tuple[tuple[str, str, str, str, list[str], list[str]], ...] = (
    (
        NATION,
        "银行退票以后怎样重发",
        "在“退票与账户”页打开这一笔，核对户名和账号，点“更正账户”。更正后随下一批次自动重发，不用另做批次。\n户名不是本人的，要有监护关系证明。",
        "退款 打不进去 账户不存在 户名不符",
        ["failed_items", "results"],
        ["payment_officer"],
    ),
    (
        NATION,
        "残疾人证快到期，补贴会停吗",
        "有效期届满的次月起暂停发放。请提前提醒本人到户籍地残联换证；换证后残联数据自动到达，按当地参数恢复。",
        "换证 过期 到期",
        ["leads", "person"],
        [],
    ),
    (
        NATION,
        "申请写错了，已经提交还能改吗",
        "受理人可以在“待我办理”里把它“退回补正”，改好再提交；计时在补正期间暂停。已经审定的，用“登记变更”。",
        "改错 修改 撤回",
        ["inbox", "application"],
        ["clerk"],
    ),
    (
        NATION,
        "导入时提示列没有对上怎么办",
        "在“列对照”里为每一列选择含义，选过一次，下次同样的表会自动对上。不需要的列选“不导入”。",
        "表头 模板 对照",
        ["import_new", "imports"],
        [],
    ),
    (
        NATION,
        "预警是不是一定要停发",
        "不是。预警是疑似，不是结论。先核实，属实的由县级复核后处理；核实前不停发、不追缴。",
        "疑点 核实",
        ["alerts", "alert"],
        [],
    ),
    (
        NATION,
        "为什么我看不到外县的人",
        "每个账号只看本级及以下。跨县查询用“全国查询”，须写明理由，查询会留痕。",
        "权限 查不到",
        ["persons"],
        [],
    ),
    (
        "420000000000",
        "湖北 2026 年护理补贴按几级发",
        "按省里公布的标准，在“补贴标准”页选湖北省、护理补贴，点金额可以看依据的文件。",
        "标准 提标",
        ["standards"],
        [],
    ),
)
ASKED = (
    (
        "question",
        "退票更正账户以后什么时候重发",
        "更正账户以后，这个月还能不能发出去？",
        "failed_items",
        "退票与账户",
        6,
        ("pass", "answer", "solve"),
    ),
    (
        "question",
        "外省迁入的人原来的补贴怎么停",
        "本人说在外省还在领，本地能不能先受理？",
        "application_new",
        "窗口受理",
        4,
        ("pass",),
    ),
    (
        "fault",
        "打印回执时第二页是空白",
        "点“打印回执”，打印预览多出一页空白。",
        "application",
        "申请详情",
        3,
        ("answer",),
    ),
    (
        "question",
        "申请人没有银行卡怎样登记账户",
        "老人没有卡，只有存折，可以登记吗？",
        "application_new",
        "窗口受理",
        2,
        (),
    ),
    ("question", "公示期满以后要不要再点一次", "公示到期了，页面还在“公示”。", "inbox", "待我办理", 1, ()),
    ("fault", "导入名册时进度停在一半", "五千行的表，到一半不动了。", "import", "数据导入", 0, ()),
)
SCREEN = (
    Line("heading", "待我办理"),
    Line("tab", "全部"),
    Line("column", "姓名"),
    Line("column", "环节"),
    Line("button", "导出"),
)


def keep_directory(places: list[County], today: date) -> None:
    """An entry for the nation, every province, and what lies along the way to the counties of the demonstration; some
    are old.
    """
    wanted = {NATION} | {f"{county.province}0000000000" for county in places}
    for county in places:
        if county.province in DEEP:
            wanted |= {county.code[:4].ljust(12, "0"), county.code}
    coordinators = {
        user.place_code: user for user in User.objects.filter(username__endswith="_coordinator", is_active=True)
    }
    rows = []
    for number, node in enumerate(divisions_in(NATION).filter(level__lte=Level.COUNTY, code__in=wanted)):
        for place, organ in enumerate(("civil_affairs", "federation")):
            contact = coordinators.get(node.code) if organ == "civil_affairs" else None
            age = 400 if number % 9 == 4 else 20 + 7 * (number % 30)
            rows.append(
                Office(
                    division_code=node.code,
                    organ=organ,
                    telephone=f"{AREAS[node.code[:2]]}-0000 {number:03d}{place + 1}",
                    hours=HOURS,
                    confirmed_on=today - timedelta(days=age),
                    contact_id=contact.pk if contact else None,
                    contact_name=contact.name if contact else "",
                )
            )
    for number, node in enumerate(divisions_in(SHOW_COUNTY).filter(level=Level.TOWNSHIP)):
        rows.append(
            Office(
                division_code=node.code,
                organ="civil_affairs",
                telephone=f"027-0000 10{number:02d}",
                hours=HOURS,
                confirmed_on=today - timedelta(days=30 + number),
            )
        )
    Office.objects.bulk_create(rows, ignore_conflicts=True)


def moment(today: date, workdays: int, hour: int = 10) -> datetime:
    """So many working days before the day the demonstration is seen from."""
    day = today
    while workdays > 0 or not is_workday(day):
        day -= timedelta(days=1)
        workdays -= is_workday(day)
    return datetime.combine(day, time(hour), BEIJING)


def write_answers(today: date) -> None:
    """The known answers, by the coordinators of the nation and of a province."""
    for number, (area, title, text, keywords, pages, roles) in enumerate(KNOWN):
        by = User.objects.filter(username=f"{prefix(area) or '00'}_coordinator").first()
        if by is not None:
            at = moment(today, 20 - number)
            answers.publish_answer(
                title=title, text=text, area_code=area, keywords=keywords, pages=pages, roles=roles, by=by, at=at
            )


def ask_questions(today: date) -> None:
    """Questions of the show county's townships: one solved, one at the city, one answered, some that wait."""
    clerks = list(
        User.objects.filter(username__startswith=SHOW_COUNTY[:6], username__endswith="_clerk", is_active=True).order_by(
            "username"
        )[:4]
    )
    county, city = (
        User.objects.filter(username=f"{digits}_coordinator").first() for digits in (SHOW_COUNTY[:6], SHOW_COUNTY[:4])
    )
    if not clerks or county is None or city is None or county_of(clerks[0].place_code) is None:
        return
    for number, (kind, title, text, route, page, ago, acts) in enumerate(ASKED):
        clerk, at = clerks[number % len(clerks)], moment(today, ago)
        screen = questions.Screen(route=route, page=page, lines=SCREEN, width=1440, focus=clerk.place_code)
        found = questions.ask_question(kind=kind, title=title, text=text, screen=screen, by=clerk, at=at)
        desk = county
        for step, act in enumerate(acts, start=1):
            later = at + timedelta(hours=2 * step)
            if act == "pass":
                found = questions.pass_question_up(
                    question_id=found.pk, version=found.version, note="县里没有遇到过，请市里明确。", by=desk, at=later
                )
                desk = city
            elif act == "answer":
                found = questions.answer_question(
                    question_id=found.pk,
                    version=found.version,
                    text="可以，按页面提示更正后随下一批次重发。",
                    by=desk,
                    at=later,
                )
            else:
                questions.solve_question(question_id=found.pk, by=clerk, at=later)


def support(places: list[County], today: date) -> None:
    """All of it."""
    keep_directory(places, today)
    write_answers(today)
    ask_questions(today)
