"""Forms of the account pages: they check shape only; operations decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.web.words import ORGANS


class LoginForm(forms.Form):
    username = forms.CharField(label=_("用户名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(label=_("密码"), max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class PasswordForm(forms.Form):
    old = forms.CharField(label=_("原密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(
        label=_("新密码"),
        max_length=128,
        help_text=_("至少 10 位，字母、数字、符号至少两种；不要用姓名、常见词和最近 5 个用过的密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(label=_("再输一次新密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不一致，请重新输入。"))
        return data


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("动态验证码"), max_length=16, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"})
    )


class StartFactorForm(forms.Form):
    """The password where there is no second factor yet, a code where there is one."""

    password = forms.CharField(label=_("密码"), max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    code = forms.CharField(label=_("原手机上的验证码，或一个备用码"), max_length=16, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))

    def __init__(self, *args: Any, enrolled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password" if enrolled else "code"]


class RecoveryForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("写明怎样核实了本人身份、为什么要恢复"), widget=forms.Textarea(attrs={"rows": 3}))


class AccountForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40)
    username = forms.CharField(label=_("用户名"), max_length=40, help_text=_("小写字母、数字和 _ . -，例如 420102002_wangm"))
    organ = forms.ChoiceField(label=_("部门"), choices=list(ORGANS.items()))
    place = forms.ChoiceField(label=_("所在区划"))
    roles = forms.MultipleChoiceField(label=_("角色"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, places: list[tuple[str, str]], roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        self.fields["roles"].choices = roles  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(label=_("角色"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = roles  # type: ignore[attr-defined]
