"""One way of writing a text, the ground that every reader stands on. Pure."""

from __future__ import annotations

import re
import unicodedata

SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
# Unicode's EquivalentUnifiedIdeograph for the radicals that NFKC leaves alone: they look like the character and are
# another one.
_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)


def fold(text: str) -> str:
    """One way of writing: NFKC, radicals as the characters they look like, nothing invisible.

    Folding again changes nothing.
    """
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_RADICALS)
    return folded if folded == text else fold(folded)  # taking a sign away may bring two together that are one


def visible(text: str) -> str:
    """Prose as it was written, punctuation and all, without what is not seen."""
    return SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def has_foreign_digits(text: str) -> bool:
    """Whether a digit stands in it that is none of 0 to 9 in either width: superscript, circled, of another script."""
    return not text.isascii() and any(
        unicodedata.category(sign) in ("Nd", "No") and not sign.isascii() and not "０" <= sign <= "９" for sign in text
    )
