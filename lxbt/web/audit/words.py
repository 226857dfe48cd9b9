"""What was done, in words. Every action that the code records stands here; a test holds it so."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Promise] = {
    "person": _("人员"), "facts": _("情况"), "certificate": _("残疾人证"), "account": _("账户与账号"), "document": _("材料"), "application": _("申请"),
    "applications": _("申请导出"), "entitlement": _("待遇"), "batch": _("发放批次"), "result": _("银行回盘"), "recovery": _("追缴"),
    "standard": _("补贴标准"), "dibao": _("低保标准"), "parameter": _("参数"), "scheme": _("标准"), "division": _("区划"), "keys": _("密钥"),
    "statistics": _("统计"), "audit": _("操作记录"), "look": _("异常查看"), "release": _("大批导出"),
    "campaign": _("核对专项"), "campaigns": _("核对专项报告"),
    "suspicion": _("预警"), "suspicions": _("预警导出"), "list": _("比对名单"), "rule": _("比对规则"), "rules": _("比对"), "signal": _("监测信号"),
    "lead": _("主动服务"), "leads": _("主动服务导出"), "federation": _("残联库"), "match": _("疑似重复"), "persons": _("人员导出"), "coverage": _("覆盖统计"),
    "accounts": _("账号清单"), "both_organs": _("两部门"), "partner": _("对接方"), "exchange": _("数据对接"),
    "circular": _("通知通报"), "circulars": _("回执导出"), "office_file": _("单位文件"), "bulletin": _("定期通报"),
    "import": _("数据导入"), "imports": _("导入清单"),
}  # fmt: skip
ACTIONS: dict[str, Promise] = {
    "person.viewed": _("查看人员页"), "person.revealed": _("查看完整号码"), "person.registered": _("登记人员"),
    "facts.recorded": _("登记情况"), "certificate.recorded": _("登记残疾人证"), "certificate.removed": _("删去残疾人证"), "account.set": _("设定发放账户"),
    "document.stored": _("存入材料"), "document.viewed": _("查看材料"),
    "application.submitted": _("受理申请"), "application.passed": _("通过环节"), "application.granted": _("审定批准"), "application.refused": _("审定不予批准"),
    "application.returned": _("退回补正"), "application.completed": _("补正完成"), "application.withdrawn": _("撤回申请"),
    "application.receipt_printed": _("打印回执"), "applications.exported": _("导出申请"),
    "entitlement.granted": _("给予待遇"), "entitlement.ended": _("停发待遇"), "entitlement.suspended": _("暂停待遇"), "entitlement.resumed": _("恢复待遇"),
    "batch.drawn": _("编制批次"), "batch.approved": _("复核批次"), "batch.returned": _("退回批次"), "batch.sent": _("发送银行"),
    "batch.results": _("导入回盘"), "batch.file_taken": _("下载银行文件"), "batch.exported": _("导出批次"), "result.handled": _("处理回盘异常"),
    "recovery.partly": _("追回部分"), "recovery.recovered": _("全部追回"), "recovery.offset": _("后续抵扣"), "recovery.waived": _("减免追缴"),
    "recovery.unrecoverable": _("认定无法追回"),
    "standard.drafted": _("起草标准"), "standard.withdrawn": _("撤回草稿"), "standard.published": _("发布标准"), "dibao.recorded": _("登记低保标准"),
    "parameter.set": _("设定参数"), "scheme.loaded": _("载入标准"),
    "division.added": _("增设区划"), "division.renamed": _("区划改名"), "division.merged": _("区划并入"),
    "account.opened": _("开通账号"), "account.roles_changed": _("改变角色"), "account.enabled": _("启用账号"), "account.disabled": _("停用账号"),
    "account.password_reset": _("重置密码"), "account.password_changed": _("更改密码"), "account.logged_in": _("登录"), "account.logged_out": _("退出"),
    "statistics.rows_exported": _("导出统计明细"), "nation.asked": _("全国查询"),
    "keys.added": _("新增密钥"), "keys.rotated": _("轮换密钥"), "keys.rewrapped": _("更换主密钥"), "keys.retired": _("停用旧密钥"), "statistics.exported": _("导出统计"),  "audit.exported": _("导出操作记录"),
    "account.login_failed": _("登录没有通过"), "account.locked": _("账号锁定 15 分钟"), "account.new_device": _("在新设备登录"),
    "account.device_denied": _("否认设备"), "account.second_factor_set": _("设置动态验证码"), "account.second_factor_removed": _("停用动态验证码"),
    "account.backup_code_used": _("使用备用码"), "account.backup_codes_renewed": _("重新生成备用码"), "account.recovery_asked": _("申请恢复账号"),
    "account.recovery_confirmed": _("确认恢复账号"), "account.recovery_withdrawn": _("撤销恢复申请"),
    "release.asked": _("提请导出"), "release.released": _("核准导出"), "release.refused": _("不予核准导出"), "release.taken": _("下载导出"),
    "release.wiped": _("销毁导出"),
    "circular.drafted": _("起草通知"), "circular.changed": _("修改通知"), "circular.discarded": _("删除通知草稿"), "circular.scheduled": _("定时发布通知"),
    "circular.published": _("发布通知"), "circular.unsent": _("定时发布未成"), "circular.withdrawn": _("撤回通知"), "circular.received": _("签收通知"),
    "circular.reminded": _("催阅通知"), "circulars.exported": _("导出回执"), "office_file.stored": _("存入单位文件"), "office_file.taken": _("下载单位文件"),
    "federation.recorded": _("残联库告知变化"), "certificate.renewal_set": _("认定换证后起发月"),
    "campaign.planned": _("制定核对专项"), "campaign.start": _("启动核对专项"), "campaign.dispatch": _("专项疑点派发"), "campaign.recheck": _("专项复查"),
    "campaign.urged": _("专项督办"), "campaign.close": _("结束核对专项"), "campaigns.exported": _("导出专项报告"),
    "suspicion.raised": _("产生预警"), "suspicion.lapsed": _("预警消失"), "suspicion.stopped": _("按参数自动暂停"), "suspicion.dispatch": _("派发预警"),
    "suspicion.begin": _("开始核实预警"), "suspicion.conclude": _("提出核实结论"), "suspicion.return": _("退回预警结论"), "suspicion.confirm": _("复核预警"),
    "suspicion.agree": _("抽查认可"), "suspicion.object": _("抽查不认可"), "suspicion.close": _("预警销号"), "suspicion.closed": _("预警结清销号"),
    "suspicion.proof": _("上传核实凭据"), "suspicions.exported": _("导出预警"), "list.opened": _("登记比对名单"), "list.taken": _("名单入库"),
    "list.withdrawn": _("撤回名单"), "rules.run": _("运行比对"), "rule.quieted": _("停报一类预警"), "rule.unquieted": _("恢复一类预警"),
    "signal.answered": _("说明监测信号"), "lead.opened": _("新增提醒线索"),
    "lead.reminded": _("记提醒"), "lead.closed": _("办结线索"), "lead.slip_printed": _("打印告知书"), "leads.exported": _("导出线索"),
    "match.proposed": _("查找重复登记"), "match.joined": _("合并登记"), "match.parted": _("撤销合并"), "match.kept_apart": _("认定不是同一人"),
    "persons.exported": _("导出人员"), "coverage.exported": _("导出覆盖统计"),
    "look.handled": _("核查异常查看"),
    "account.until_changed": _("变更授权期限"), "account.closed": _("离任注销"), "account.moved": _("调动"), "account.confirmed": _("年度确认"),
    "account.roles_lapsed": _("角色随授权人失效"), "account.grants_taken_over": _("授出的权限已移交"), "account.slip_expired": _("密码条逾期，密码已销毁"),
    "account.slips_shown": _("显示密码条"), "account.slips_printed": _("密码条已打印，密码已销毁"), "accounts.exported": _("导出账号"),
    "accounts.sheet_planned": _("上传账号表格"), "accounts.sheet_started": _("批量开通开始"), "accounts.sheet_dropped": _("放弃账号表格"),
    "accounts.sheet_opened": _("批量开通完成"), "accounts.errors_exported": _("导出有误的账号行"), "both_organs.set": _("规定两部门开通账号"),
    "imports.exported": _("导出导入清单"), "imports.totals_exported": _("导出历史核对"), "import.opened": _("上传导入文件"), "import.planning": _("核对导入文件"),
    "import.planned": _("导入计划完成"), "import.writing": _("开始写入"), "import.done": _("写入完成"), "import.pause": _("暂停导入"), "import.resumed": _("继续导入"),
    "import.stop": _("停止导入"), "import.undoing": _("开始撤销导入"), "import.undone": _("导入已撤销"), "import.errors_taken": _("下载导入错误表"),
    "import.declared": _("申报历史合计"), "person.imported": _("由导入登记或更新"), "person.import_undone": _("撤销导入的登记"), "batch.recorded_removed": _("撤销历史批次"),
    "partner.opened": _("登记对接方"), "partner.keys_set": _("登记对接方公钥"), "partner.closed": _("停用对接方"), "partner.searched": _("对接方查询"),
    "partner.asked_enrolled": _("对接方询问是否享受"), "exchange.synchronised": _("取残联数据"), "exchange.loaded": _("载入残联文件"),
    "exchange.compared": _("与残联库核对"), "exchange.replayed": _("重试失败的消息"), "exchange.put_aside": _("搁置失败的消息"),
    "exchange.played": _("演示变更"), "exchange.faults_set": _("设定模拟故障"), "partner.told_lists": _("收到对接方名单"), "exchange.asking": _("开始逐批查询名单"), "exchange.asked": _("逐批查询名单完成"),
    "rules.asked": _("交后台比对"), "rule.tried": _("试算规则参数"),
}  # fmt: skip
SUBJECTS: dict[str, Promise] = {
    "person": _("人员"), "id": _("身份证号"), "certificate": _("残疾人证号"), "account": _("账户"), "phone": _("手机号"), "document": _("材料"),
    "application": _("申请"), "entitlement": _("待遇"), "batch": _("批次"), "unmatched": _("回盘异常"), "recovery": _("追缴"), "standard": _("标准"),
    "dibao": _("低保标准"), "parameter": _("参数"), "scheme": _("标准"), "division": _("区划"), "key": _("密钥"), "list": _("清单"),
    "campaign": _("核对专项"), "suspicion": _("预警"), "run": _("比对"), "rule": _("比对规则"), "signal": _("监测信号"), "lead": _("主动服务"),
    "demonstration": _("演示"), "release": _("导出"), "look": _("异常查看"),
    "account_sheet": _("账号表格"), "slips": _("密码条"), "both_organs": _("两部门"),
    "partner": _("对接方"), "exchange": _("数据对接"), "message": _("收到的消息"), "sending": _("发出的消息"),
    "import": _("导入"), "declared": _("申报合计"),
}  # fmt: skip
FIELDS: dict[str, Promise] = {
    "name": _("姓名"), "identity_number": _("身份证号"), "phone": _("手机号"), "address": _("住址"), "birth": _("出生日期"), "sex": _("性别"),
    "division": _("户籍地"), "category": _("残疾类别"), "grade": _("残疾等级"), "valid_until": _("有效期至"), "frozen_on": _("冻结日"),
    "cancelled_on": _("注销日"), "certificate_number": _("残疾人证号"), "certificates": _("残疾人证"), "account": _("账户"), "bank": _("开户行"),
    "account_number": _("账号"), "holder": _("户名"), "periods": _("待遇期间"), "state": _("状态"), "step": _("环节"), "due_on": _("期限"),
    "recovered": _("已追回"), "handled_note": _("处理说明"), "amount": _("金额"), "subsidy": _("补贴"), "since": _("起"), "until": _("止"),
    "conditions": _("条件"), "document_number": _("文号"), "roles": _("角色"), "finding": _("核查结果"), "outcome": _("结果"), "economic": _("困难类别"), "area": _("城乡"),
    "long_term_care": _("长期照护"), "died_on": _("死亡日期"), "moved_out_on": _("迁出日期"), "imprisoned_on": _("服刑日期"),
    "place": _("所在区划"), "active": _("可以登录"), "allowed": _("民政开通残联账号"), "confirmed_on": _("确认于"),
    "areas": _("辖区"), "fields": _("字段"), "base_url": _("地址"), "persons": _("人数"), "quota": _("每分钟上限"),
}  # fmt: skip


def action_words(action: str) -> str:
    """The act in words; an unknown one as it is written."""
    return str(ACTIONS.get(action, action))
