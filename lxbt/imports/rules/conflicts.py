"""What may stand against a row once it is laid beside what is held: sentences and how to mend, added to those of the
cells. Pure.
"""

from __future__ import annotations

from lxbt.core.readers.sentences import Words
from lxbt.entitlements.rules import REASONS
from lxbt.imports.rules.doubts import DOUBTS
from lxbt.imports.rules.faults import FAULTS

CONFLICTS: dict[str, Words] = {
    "division_missing": Words("没有写明所在乡镇（街道）", "补填乡镇（街道）的名称或 12 位区划代码"),
    "division_unknown": Words("找不到这个区划", "填本地乡镇（街道）的全称或 12 位区划代码"),
    "division_ambiguous": Words("有几个同名的乡镇（街道），分不清是哪一个", "写上县（市、区）名，或填 12 位区划代码"),
    "division_outside": Words("这个区划不在本次导入的地区内", "核对区划；外地人员由其户籍地导入"),
    "name_differs": Words(
        "姓名与系统中这个身份证号登记的不一致", "核对身份证号和姓名，哪个错改哪个；确已改名的先在人员页登记变更"
    ),
    "name_differs_in_file": Words(
        "同一身份证号在文件里写了不同的姓名，分不清哪个对，几行都没有写入", "对照身份证核对，改成一致后重新导入这几行"
    ),
    "certificate_taken": Words("残疾人证号已登记在另一个人名下", "核对残疾人证号和身份证号"),
    "person_elsewhere": Words("此人的户籍登记不在本地区，不能由本地导入", "核对身份证号；确已迁入的，先办户籍变更"),
    "person_unknown": Words("系统中没有这个身份证号，文件里也没有姓名", "补上姓名列，或先导入人员登记"),
    "row_twice": Words("与文件里前面的一行重复", "只留一行"),
    "row_twice_otherwise": Words("同一人同一月同一补贴，前面一行写的金额不同", "核对实际发放金额，合成一行"),
    "paid_on_another_day": Words(
        "同一人同一月同一补贴有两笔，发放日期不同，分不清是重复填写还是另发的一笔",
        "确是另发的一笔，在变更类型、批次说明或备注写“补发”，重新导入这一行；重复的删去",
    ),
    "right_ended": Words(
        "系统里已对此人这项补贴作过停发或暂停的决定", "确应继续享受的，请按申请程序办理，不要用导入恢复"
    ),
    "month_paid_otherwise": Words(
        "此人此月这项补贴已有金额不同的发放记录",
        "核对是哪一笔不对；确是另外补发的一笔，在变更类型、批次说明或备注写“补发”，重新导入这一行",
    ),
    "amount_unknown": Words("没有写金额，按规定也算不出应发多少", "补填实际发放的金额"),
    "value_unknown": Words("这一格的内容不在可填的范围内", "按模板说明里的几种写法填写"),
    "ref_twice": Words("同一批里前面有一条编号相同、内容不同的记录", "一批里一个编号只写一次"),
    "paid_elsewhere": Words("此人此月这项补贴已由其他地区发放", "核对此人当月户籍和发放地区，确认由哪一方发放"),
    "decided_before_applied": Words("审定日期早于申请日期", "核对两个日期后改正"),
    "needs_confirmation": Words(
        "此人此月的待遇由本系统发放，未经另一人确认，不能只凭文件或推送记为已发",
        "核实后由县级用页面导入，请另一人确认计划",
    ),
    "not_as_planned": Words("与另一人确认过的计划不同，没有写入", "作为新文件重新上传，核对计划后再请另一人确认"),
    "day_early": Words("这个日期早得不可能（1900 年以前，或年龄超过 130 岁）", "核对年份后改正"),
    "day_before_birth": Words("这个日期早于此人的出生日期", "对照身份证核对后改正"),
    "died_before_certificate": Words(
        "死亡日期早于此人残疾人证的签发月份，两者必有一误", "核对死亡日期和残疾人证签发日期后改正"
    ),
    "until_before_issued": Words("残疾人证的有效期早于签发日期", "对照残疾人证核对后改正"),
    "state_before_issued": Words("残疾人证的冻结或注销日期早于签发日期", "对照残疾人证核对后改正"),
    "left_changed": Words("按您的选择，与已登记情况不同的行没有写入", "需要写入时，重新导入并选择写入变更"),
    "left_remarked": Words("按您的选择，带提示的行没有写入", "核对提示后，重新导入并选择写入带提示的行"),
    # accepted, with a remark
    "account_by_hand": Words(
        "与系统登记的收款账户不一致，账户没有改动", "换账户须在人员页写明理由、上传凭证，必要时由另一人确认"
    ),
    "weaker_source": Words(
        "与更有依据的来源登记的不一致，没有改动，已列为待核实的矛盾", "凭证明在人员页提请更正，由另一人确认"
    ),
    "identity_old": Words("15 位旧身份证号，已换算成 18 位", "请核对换算后的号码"),
    "proposes_only": Words("没有身份证号，只能按姓名和出生日期提出可能的人，不作认定", "能补身份证号的请补上"),
    "place_coarse": Words("没有写到乡镇（街道），先记在县一级", "以后在人员页补登乡镇（街道）"),
    "certificate_differs": Words("残疾类别或等级与残联库不一致，以残联库为准", "请与县残联核对"),
    "person_made": Words("系统中没有此人，按文件新登记", "请补登残疾人证等情况"),
    "lives_elsewhere": Words("此人的户籍登记在其他地区，按实际发放记录", "请核对此人当月户籍"),
    "amount_differs": Words("金额与当月标准不一致，按实际发放记录", "请核对当月标准和金额，写明原因"),
    "paid_after_stop": Words("停发月份之后还有发放记录", "核对停发月份，或查明多发"),
    "paid_before_start": Words("新增月份之前已有发放记录", "核对新增月份"),
}
# the rules of the month against a payment of the past: its reasons, each with its document
AGAINST: dict[str, Words] = {
    code: Words(f"按当月规定不应享受：{reason.sentence}（{reason.basis}）", "按实际发放记录，已列入疑点，请核实")
    for code, reason in REASONS.items()
}
WORDS: dict[str, Words] = {**FAULTS, **CONFLICTS, **DOUBTS, **AGAINST}


def words_of(code: str) -> Words | None:
    """The sentence about a row and how to mend it; None for a code that nobody gives."""
    return WORDS.get(code)
