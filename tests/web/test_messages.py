"""The English screen is whole: every sentence has its English, none is left over, no Chinese stands unwrapped."""

from __future__ import annotations

import ast
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.test import override_settings
from django.utils.translation.template import templatize

from lxbt.accounts.rules import ROLES, WORDS
from lxbt.accounts.rules.looking import REASONS as LOOKING_REASONS
from lxbt.accounts.rules.sheet import COLUMNS, FAULTS
from lxbt.config.messages import compile_messages
from lxbt.documents.rules.workbooks import SENTENCES
from lxbt.entitlements.rules import REASONS
from lxbt.imports.kinds import kinds
from lxbt.imports.rules.conflicts import CONFLICTS
from lxbt.imports.rules.doubts import DOUBTS, TOLD, WHY_UNREAD
from lxbt.imports.rules.faults import FAULTS as IMPORT_FAULTS
from lxbt.matching.catalogue import RULES
from lxbt.matching.rules.lists import LISTS
from lxbt.payments.rules import FAILURES
from lxbt.support.rules.exercises import EXERCISES

PACKAGE = Path(__file__).resolve().parent.parent.parent / "lxbt"
TEMPLATES = PACKAGE / "web" / "templates"
CATALOGUE = PACKAGE / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")  # characters and full-width punctuation
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%s|\{\w*\}")
DOCUMENT = re.compile(r"[\u4e00-\u9fff]{1,3}〔\d{4}〕\d+号( [\u4e00-\u9fff]（[\u4e00-\u9fff]）)?")
INVENTED = ("showcase.html",)
NAMES_OF_LANGUAGES = re.compile(r"([>}])(?:简体中文|中文)(?=[<{])")  # each is written in its own language

Key = str | tuple[str, str]


def calls(source: str) -> Iterator[Key]:
    """What a Python source hands to gettext: the text, or singular and plural."""
    for _line, _function, text, _comments in extract_python(io.BytesIO(source.encode()), FUNCTIONS, [], {}):  # type: ignore[arg-type]
        if isinstance(text, str):
            yield text
        elif text and isinstance(text[0], str) and isinstance(text[1], str):
            yield (text[0], text[1])


def texts_in_use() -> dict[Key, str]:
    """Every text that can reach the screen, with a file that uses it."""
    found: dict[Key, str] = {}
    for path in PACKAGE.rglob("*.py"):
        for key in calls(path.read_text(encoding="utf-8")):
            found.setdefault(key, path.name)
    for path in TEMPLATES.rglob("*.html"):
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for key in calls(
            "\n".join(line.lstrip() for line in source.split("\n"))
        ):  # what is left has no meaning as Python
            found.setdefault(key, path.name)
    pure = (
        [text for role in ROLES for text in (role.label, role.description)]
        + [reason.sentence for reason in REASONS.values()]
        + [
            *FAILURES.values(),
            *LOOKING_REASONS,
            *WORDS.values(),
            *FAULTS.values(),
            *COLUMNS.values(),
            *SENTENCES.values(),
        ]
    )
    pure += [
        text
        for words in (*IMPORT_FAULTS.values(), *CONFLICTS.values(), *DOUBTS.values())
        for text in (words.problem, words.mend)
    ]
    pure += [*TOLD.values(), *WHY_UNREAD.values()]
    pure += [text for kind in kinds().values() for text in (kind.title, *(column.title for column in kind.columns))]
    pure += [
        text
        for rule in RULES.values()
        for text in (rule.name, rule.compares, *(t for p in rule.parameters for t in (p.title, p.unit) if t))
    ]
    pure += [kind.title for kind in LISTS.values()]
    pure += [text for one in EXERCISES for text in (one.title, one.story, *one.steps, one.hint)]
    return {**dict.fromkeys(pure, "rules"), **found}


def catalogue() -> dict[Key, Message]:
    """The English catalogue by text."""
    with CATALOGUE.open("rb") as file:
        return {
            (tuple(message.id) if isinstance(message.id, list | tuple) else message.id): message
            for message in read_po(file)
            if message.id
        }


def english_of(message: Message) -> list[str]:
    """All English forms of a message."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_text_has_its_english() -> None:
    known = catalogue()
    missing = {
        key: where for key, where in texts_in_use().items() if key not in known or not all(english_of(known[key]))
    }
    assert not missing


def test_the_catalogue_holds_nothing_that_is_not_used() -> None:
    unused = set(catalogue()) - set(texts_in_use())
    assert not unused


def test_no_entry_stands_twice() -> None:
    texts = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(texts) == sorted(set(texts))


def test_placeholders_agree() -> None:
    wrong = {
        (key, english)
        for key, message in catalogue().items()
        for english in english_of(message)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(key if isinstance(key, str) else key[1]))
    }
    assert not wrong


def test_a_sentence_ends_where_the_chinese_one_does() -> None:
    texts = [
        (key if isinstance(key, str) else key[1], english)
        for key, message in catalogue().items()
        for english in english_of(message)
    ]
    assert not [
        (chinese, english)
        for chinese, english in texts
        if chinese.endswith(("。", ".")) != english.rstrip().endswith(".")
    ]


def test_only_the_numbers_of_documents_stay_chinese() -> None:
    texts = [english for message in catalogue().values() for english in english_of(message)]
    assert not [english for english in texts if CHINESE.search(DOCUMENT.sub("", english))]


def test_plural_forms_are_those_of_english() -> None:
    with CATALOGUE.open("rb") as file:
        whole: Catalog = read_po(file)
    assert (whole.num_plurals, whole.plural_expr) == (2, "(n != 1)")
    assert all(len(english_of(m)) == 2 for key, m in catalogue().items() if isinstance(key, tuple))


def test_the_compiled_catalogue_is_the_written_one(tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE / "web" / "locale", tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
    with override_settings(LOCALE_PATHS=[copy]):
        assert compile_messages() == 1
        assert compile_messages() == 0, "what is up to date is left alone"
    with (copy / "en" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = {
            (tuple(m.id) if isinstance(m.id, list | tuple) else m.id): english_of(m) for m in read_mo(file) if m.id
        }
    assert compiled == {key: english_of(message) for key, message in catalogue().items()}


def test_no_chinese_stands_outside_the_translation_tags() -> None:
    tags = re.compile(
        r"{%-? *blocktrans(?:late)?\b.*?{% *endblocktrans(?:late)? *%}|{% *trans(?:late)?\b.*?%}|{#.*?#}|{% "
        r"*comment\b.*?{% *endcomment *%}|_\((\"[^\"]*\"|'[^']*')\)",
        re.DOTALL,
    )
    left = []
    for path in TEMPLATES.rglob("*.html"):
        text = NAMES_OF_LANGUAGES.sub(r"\1", tags.sub("", path.read_text(encoding="utf-8")))
        left += [f"{path.name}: {found}" for found in CHINESE.findall(text) if path.name not in INVENTED]
    assert not left


def test_no_chinese_stands_outside_gettext_in_the_code_of_pages() -> None:
    left = []
    for path in (PACKAGE / "web").rglob("*.py"):
        if path.parent.name != "showcase":
            left += [
                f"{path.relative_to(PACKAGE)}:{line} {text}"
                for line, text in unwrapped(path.read_text(encoding="utf-8"))
            ]
    assert not left


def unwrapped(source: str) -> Iterator[tuple[int, str]]:
    """Chinese literals that are neither documentation nor handed to gettext."""
    tree = ast.parse(source)
    kept: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            kept.update(id(part) for argument in node.args for part in ast.walk(argument))
        elif isinstance(node, ast.Expr):
            kept.add(id(node.value))  # a docstring
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CHINESE.search(node.value)
            and id(node) not in kept
        ):
            yield node.lineno, node.value
