"""Which division a cell names: by code, or by names as clerks write them, inside the area of the file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from lxbt.divisions.queries import county_of, division_moves, divisions_in
from lxbt.divisions.rules import Level, ancestors, covers

_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"\d{6}|\d{9}|\d{12}", re.ASCII)
_ENDINGS = ("街道办事处", "街道办", "人民政府", "镇政府", "乡政府", "民政办", "办事处", "社区", "村委会")


@dataclass(frozen=True, slots=True)
class Place:
    """A division, the body that acts as its county, and whether it is coarser than a township."""

    code: str
    payer: str
    coarse: bool = False


@dataclass
class Places:
    """The divisions of an area, made once for a file; goes to another process whole."""

    area: str
    names: dict[str, str] = field(default_factory=dict)  # code -> name
    moved: dict[str, str] = field(default_factory=dict)  # code of before -> code now
    payers: dict[str, str] = field(default_factory=dict)  # code -> body that acts as its county
    divided: set[str] = field(default_factory=set)  # county bodies with townships below
    townships: dict[str, list[str]] = field(default_factory=dict)  # name -> codes
    known: dict[str, Place | str] = field(default_factory=dict)

    def find(self, text: str | None) -> Place | str:
        """The place, or the code of what is wrong."""
        wanted = text or ""
        if wanted not in self.known:
            self.known[wanted] = self._look(wanted)
        return self.known[wanted]

    def _look(self, text: str) -> Place | str:
        text = _SPACES.sub("", unicodedata.normalize("NFKC", text)).strip("'")
        if not text:
            return self._place(self.area) or "division_missing"
        text = text.removesuffix(".0")
        if _DIGITS.fullmatch(text):
            return self._by_code(text.ljust(12, "0"))
        return self._by_name(text)

    def _by_code(self, code: str) -> Place | str:
        if not code.endswith("000"):
            code = code[:9] + "000"  # a village lies in its township
        code = self.moved.get(code, code)
        if not covers(self.area, code):
            return "division_outside"
        if code not in self.names:
            return "division_unknown"
        return self._place(code) or "division_missing"

    def _place(self, code: str) -> Place | None:
        payer = self.payers.get(code)
        return Place(code, payer, coarse=code in self.divided) if payer else None

    def _by_name(self, text: str) -> Place | str:
        codes = self.townships.get(text) or self._contained(text)
        if len(codes) > 1:  # the same name in several counties: the county's own name may stand before it
            near = [c for c in codes if any(self.names.get(above, "-") in text for above in ancestors(c)[1:3])]
            codes = near or codes
        if len(codes) == 1:
            return self._place(codes[0]) or "division_missing"
        if codes:
            return "division_ambiguous"
        counties = [c for c in set(self.payers.values()) if self.names.get(c) == text]
        if len(counties) == 1 and (found := self._place(counties[0])):
            return found
        return "division_unknown"

    def _contained(self, text: str) -> list[str]:
        """Codes of the townships whose name stands in the text (the longest name wins), or whose name without its
        ending does.
        """
        found = [name for name in self.townships if name in text]
        if not found:
            bare = text
            for ending in _ENDINGS:
                bare = bare.removesuffix(ending)
            found = (
                [name for name in self.townships if bare and name.startswith(bare) and len(name) - len(bare) <= 2]
                if len(bare) >= 2
                else []
            )
        longest = max((len(name) for name in found), default=0)
        return [code for name in found if len(name) == longest for code in self.townships[name]]


def places_in(area: str) -> Places:
    """The divisions of an area with their names and payers."""
    nodes = list(divisions_in(area))
    above = county_of(area)
    counties = {node.code for node in nodes if node.acts_as_county} | ({above.code} if above else set())
    places = Places(area, names={node.code: node.name for node in nodes}, moved=division_moves())
    for node in nodes:
        payer = next((code for code in ancestors(node.code) if code in counties), None)
        if payer:
            places.payers[node.code] = payer
            if payer != node.code:
                places.divided.add(payer)
        if node.level == Level.TOWNSHIP:
            places.townships.setdefault(node.name, []).append(node.code)
    return places
