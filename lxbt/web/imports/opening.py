"""A file comes in: which kind, for which area; then its columns are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.documents.queries import large_file, opened
from lxbt.imports.kinds import LIST, kind_of, kinds
from lxbt.imports.operations.intake import open_import
from lxbt.imports.operations.recognising import recognise_file
from lxbt.web.imports.words import kind_name
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Choice, Crumb, Segments
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.uploads import longest

ENDINGS = ".xlsx,.xls,.et,.ods,.csv,.txt,.xml,.html,.htm"


class FileForm(forms.Form):
    """Kind, area, file."""

    kind = forms.ChoiceField(label=lazy("种类"))
    division = forms.ChoiceField(label=lazy("地区"), help_text=lazy("每一行都应属于这个地区，地区以外的行不会写入。"))
    file = forms.FileField(
        label=lazy("文件"),
        help_text=lazy("XLSX、XLS、ODS 不超过 100 MB，CSV 不超过 320 MB；可以把文件拖到这里。"),
        widget=forms.ClearableFileInput(attrs={"accept": ENDINGS}),
        error_messages={"required": lazy("请选择文件。"), "empty": lazy("文件是空的，请重新选择。")},
    )

    def __init__(self, request: OfficialRequest) -> None:
        super().__init__(
            request.POST or None, request.FILES or None, initial={"division": request.standing.areas(P.IMPORT_FILES)[0]}
        )
        self.fields["kind"].choices = [(key, kind_name(key)) for key in kinds()]  # type: ignore[attr-defined]
        self.fields["division"].choices = places(request)  # type: ignore[attr-defined]


def places(request: OfficialRequest) -> list[tuple[str, str]]:
    """The areas that the account may import for, each with what lies directly below."""
    found: dict[str, str] = {}
    for code in request.standing.areas(P.IMPORT_FILES):
        found[code] = divisions.name_of(code)
        found.update((node.code, f"{divisions.name_of(code)} / {node.name}") for node in divisions.children(code))
    return list(found.items())


@page(P.IMPORT_FILES)
def import_new(request: OfficialRequest) -> HttpResponse:
    """Choose a file; a file that is too large or of no use is said so at once."""
    form = FileForm(request)
    if request.method == "POST":
        if too_long(request):
            form.add_error("file", _("文件超过 320 MB，请分成几个文件再传。"))
        elif form.is_valid():
            try:
                return redirect("import", import_id=take(request, form.cleaned_data).pk)
            except Refusal as refusal:
                show_refusal(form, refusal)
    wanted = form.data.get("kind") or request.GET.get("kind") or "recipients"
    own, lists = ([key for key in kinds() if key.startswith(LIST) is other] for other in (False, True))
    first = [Choice(key, kind_name(key), key == wanted, str(number)) for number, key in enumerate(own, start=1)]
    context = {
        "form": form,
        "segments": Segments("kind", _("本系统的数据"), first),
        "lists": Segments(
            "kind", _("其他部门的名单，用于比对"), [Choice(key, kind_name(key), key == wanted) for key in lists]
        ),
        "crumbs": [Crumb(_("数据导入"), reverse("imports")), Crumb(_("导入文件"))],
    }
    return render(request, "imports/new.html", context)


def too_long(request: OfficialRequest) -> bool:
    """Whether the file was passed over for its size."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return (whole_number(length) or 0) > longest(request.path)


def take(request: OfficialRequest, told: dict[str, Any]) -> Any:
    """Keep the file and look at its columns; one that cannot be read has its page too, which says why."""
    kind, file = kind_of(told["kind"]), told["file"]
    entry, known = open_import(
        kind=kind,
        division_code=told["division"],
        name=file.name,
        parts=file.chunks(),
        by=request.user,
        at=request.now.at,
    )
    if known:
        messages.warning(request, _("这个文件已经上传过，还没有导完，请在这里接着办。"))
    if known and entry.titles:
        return entry
    try:
        with opened(large_file(entry.file_id)) as path:
            layout = recognise_file(entry=entry, path=path, kind=kind, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return entry
    if layout.template is not None and layout.template[0] != kind.key and layout.template[0] in kinds():
        said = {"is": kind_name(layout.template[0]), "chosen": kind_name(kind.key)}
        messages.warning(request, _("这个文件是“%(is)s”的模板，您选的是“%(chosen)s”，请核对是否选错。") % said)
    return entry
