"""What is asked of whoever opens a client, changes it, or registers a key."""

from __future__ import annotations

import base64
import binascii

from django import forms
from django.utils.translation import gettext_lazy as _

ALGORITHMS = [("sm2", _("SM2（国密）")), ("ed25519", "Ed25519")]
QUOTA_HELP = _("每分钟最多几次请求；一批算一次。")


class KeyForm(forms.Form):
    """A public key, or none: then a pair is made and the private half shown once."""

    key_id = forms.CharField(
        label=_("密钥编号"), max_length=40, initial="k1", help_text=_("字母、数字、点、下划线和连字符，例如 2026-11。")
    )
    algorithm = forms.ChoiceField(label=_("签名算法"), choices=ALGORITHMS)
    public_key = forms.CharField(
        label=_("公钥"),
        required=False,
        max_length=200,
        help_text=_("Base64。留空则由本系统生成一对密钥，私钥只显示一次。"),
    )

    reason = forms.CharField(
        label=_("更换的说明"),
        required=False,
        max_length=200,
        help_text=_("正式接入的系统更换公钥时填写，由上一级复核，至少 4 个字。"),
    )

    def clean_public_key(self) -> bytes:
        """The key's bytes; empty when one is to be made."""
        try:
            return base64.b64decode("".join(self.cleaned_data["public_key"].split()), validate=True)
        except (binascii.Error, ValueError):
            raise forms.ValidationError(_("公钥不是 Base64。")) from None


class ClientForm(forms.Form):
    """How a client is called and what it may."""

    name = forms.CharField(label=_("系统名称"), max_length=60)
    quota = forms.IntegerField(
        label=_("每分钟请求数"), min_value=1, max_value=100_000, initial=1200, help_text=QUOTA_HELP
    )
    certificate = forms.CharField(
        label=_("客户端证书指纹"),
        required=False,
        max_length=95,
        help_text=_("SHA-256，由前置网关核对；不用证书的留空。"),
    )


class OpenForm(ClientForm, KeyForm):
    """A new client with its first key."""

    client_id = forms.CharField(
        label=_("系统标识"), max_length=40, help_text=_("3 到 40 个小写字母、数字和连字符，例如 hubei-liangbu。")
    )

    reason = None  # type: ignore[assignment]  # it begins in the sandbox: nobody above is asked

    field_order = ("client_id", "name", "quota", "certificate", "key_id", "algorithm", "public_key")


class ChangeForm(ClientForm):
    """What may be changed."""

    sandbox = forms.BooleanField(label=_("沙箱：照常核对，不写入"), required=False)
    reason = forms.CharField(
        label=_("转为正式接入的说明"),
        required=False,
        max_length=200,
        help_text=_("去掉沙箱时填写，由上一级复核，至少 4 个字。"),
    )
