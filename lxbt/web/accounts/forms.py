"""Forms of the account pages: they check shape only; operations decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.web.kit.fields import DayField
from lxbt.web.words import ORGANS


class LoginForm(forms.Form):
    username = forms.CharField(
        label=_("用户名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("密码"), max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class PasswordForm(forms.Form):
    old = forms.CharField(label=_("原密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(
        label=_("新密码"),
        max_length=128,
        help_text=_("至少 10 位，字母、数字、符号至少两种；不要用姓名、常见词和最近 5 个用过的密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一次新密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不一致，请重新输入。"))
        return data


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("动态验证码"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class StartFactorForm(forms.Form):
    """The password where there is no second factor yet, a code where there is one."""

    password = forms.CharField(
        label=_("密码"), max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label=_("原手机上的验证码，或一个备用码"),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, enrolled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password" if enrolled else "code"]


class CardForm(forms.Form):
    """The number on an identity card."""

    identity_number = forms.CharField(
        label=_("本人身份证号"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class RecoveryForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("写明怎样核实了本人身份、为什么要恢复"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


Choices = Iterable[tuple[str, str]]


class _RolesForm(forms.Form):
    """Roles and how long they last; the last day is shown, the day after it is kept."""

    roles = forms.MultipleChoiceField(label=_("角色"), widget=forms.CheckboxSelectMultiple)
    until = DayField(
        label=_("有效期最后一天"),
        required=False,
        help_text=_("不填则与您自己的授权同时到期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = roles  # type: ignore[attr-defined]

    def clean_until(self) -> date | None:
        last: date | None = self.cleaned_data["until"]
        return last + timedelta(days=1) if last else None


def _why() -> forms.CharField:
    return forms.CharField(
        label=_("授权依据"),
        max_length=200,
        required=False,
        help_text=_("资金、审批、审计、安全等职责由另一位管理员复核后生效，须写明依据"),
    )


class AccountForm(_RolesForm):
    name = forms.CharField(label=_("姓名"), max_length=40)
    username = forms.CharField(
        label=_("用户名"), max_length=40, help_text=_("小写字母、数字和 _ . -，例如 420102002_wangm")
    )
    identity_number = forms.CharField(
        label=_("本人身份证号"),
        max_length=24,
        help_text=_("加密保存；发密码第二段时由另一位管理员照身份证核对"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organ = forms.ChoiceField(label=_("部门"), choices=list(ORGANS.items()))
    place = forms.ChoiceField(label=_("所在区划"))
    phone = forms.CharField(label=_("办公电话"), max_length=40, required=False)

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]


class RolesForm(_RolesForm):
    """Exactly these roles from today; the period is that of the new ones."""

    reason = _why()


class UntilForm(forms.Form):
    """Another last day for one role."""

    role = forms.CharField(widget=forms.HiddenInput)
    until = DayField(required=False)
    reason = _why()

    def clean_until(self) -> date | None:
        last: date | None = self.cleaned_data["until"]
        return last + timedelta(days=1) if last else None


class EndForm(forms.Form):
    """Disabling, leaving: why, and what becomes of the grants that hang on the account."""

    act = forms.ChoiceField(
        label=_("办理"), choices=[("disable", _("暂时停用")), ("close", _("离任注销"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("原因"), max_length=200, help_text=_("例如：调离，文件〔2026〕3号"))
    hanging = forms.ChoiceField(
        label=_("此账号授出的权限"),
        choices=[("over", _("移交给同一辖区的另一位管理员")), ("lapse", _("一并收回"))],
        widget=forms.RadioSelect,
        required=False,
    )
    successor = forms.ChoiceField(label=_("承接人"), required=False)

    def __init__(self, *args: Any, successors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].choices = [("", "—"), *successors]  # type: ignore[attr-defined]


class MoveForm(_RolesForm):
    """To another place: which, with which roles, and what becomes of the grants."""

    reason = _why()
    place = forms.ChoiceField(label=_("调入的区划"))
    hanging = forms.ChoiceField(
        label=_("此账号授出的权限"),
        choices=[("over", _("移交给同一辖区的另一位管理员")), ("lapse", _("一并收回"))],
        widget=forms.RadioSelect,
        required=False,
    )
    successor = forms.ChoiceField(label=_("承接人"), required=False)

    def __init__(self, *args: Any, places: Choices, successors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        self.fields["successor"].choices = [("", "—"), *successors]  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    file = forms.FileField(label=_("表格"), help_text=_("用模板填写的 XLSX，或同样标题的 CSV；最多 2000 个账号"))


class OrgansForm(forms.Form):
    division_code = forms.ChoiceField(label=_("适用范围"))
    allowed = forms.ChoiceField(
        label=_("民政管理员开通残联账号"), choices=[("yes", _("允许")), ("no", _("不允许"))], widget=forms.RadioSelect
    )
    since = DayField(label=_("自哪天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division_code"].choices = places  # type: ignore[attr-defined]
