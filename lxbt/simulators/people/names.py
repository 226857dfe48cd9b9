"""Invented names: Han by the frequency of surnames and the fashion of the decade, a few of other peoples. Pure."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from random import Random

# surname and how many in ten thousand bear it, roughly
_SURNAMES = (
    "王722 李719 张683 刘538 陈451 杨308 黄223 赵210 周209 吴203 徐171 孙151 朱151 马142 胡131 林118 郭115 何113 "
    "高100 罗95 "
    "郑93 梁85 谢76 宋73 唐69 许66 邓62 冯62 韩61 曹58 曾58 彭56 萧54 蔡53 潘51 田51 董51 袁50 于48 余48 "
    "叶48 蒋46 杜46 苏46 魏45 程44 吕44 丁42 沈41 任41 姚39 卢39 傅37 钟37 姜36 崔36 谭36 廖35 范34 汪34 "
    "陆34 金33 石33 戴32 贾31 韦31 夏31 邱31 方30 侯30 邹30 熊29 孟29 秦29 白28 江28 阎27 薛27 尹27 段26 "
    "雷25 黎24 史24 龙24 陶24 贺23 顾23 毛23 郝23 龚23 邵23 万22 钱22 严22 覃21 武21 戚20 莫20 孔20 向20 "
    "汤19 常18 温18 康17 施17 文17 牛16 樊16 葛16 邢16 安15 齐15 易15 乔15 伍14 庞14 颜14 倪13 庄13 聂13 "
    "章13 鲁12 岳12 翟12 申11 殷11 詹11 欧10 耿10 关10 兰10 焦9 俞9 左9 柳9 甘8 祝8 包8 宁7 尚7 欧阳3 上官1 司马1 诸葛1"
)
_GIVEN = {
    # (sex, decade of birth from): characters that end a name, characters that may stand before them
    ("male", 0): (
        "山福贵财富根生发明全才德林海清泉兴仁义祥荣华堂金银柱喜宝顺长春元庭轩",
        "德永世国文正玉振兴金长元天宝福学家万有",
    ),
    ("female", 0): ("英兰珍秀芳桂莲凤花琴香梅玉娥菊翠云霞娣妹芝贞淑仙金", "秀桂玉凤金春月素淑菊翠惠腊银冬兰爱"),
    ("male", 1950): (
        "国军平华明强民生武忠文林新德义成勇山海荣祥春发胜利光才根",
        "建国志卫永红新爱学保文光金援树继春长振家",
    ),
    ("female", 1950): ("英华兰珍玲芳琴萍梅霞秀云红敏凤玉香娥莲菊芬珠荣仙", "秀桂玉爱丽惠凤淑建春小月红美翠亚素金巧"),
    ("male", 1970): ("军勇伟强斌波峰刚涛辉明杰超鹏亮东华平飞林海洋健兵", "志建国海小晓文永俊少卫红立春向新庆宏"),
    ("female", 1970): ("丽燕红霞艳敏玲娟芳静萍英梅玉洁琳娜琴莉云慧蓉", "丽晓小红海春艳玉秀雪美文冬利爱金雅"),
    ("male", 1990): ("浩杰宇鑫磊鹏凯龙超翔豪阳晨文博涵毅帆航轩睿", "子志俊宇嘉浩文家天明泽梓伟晨一博思"),
    ("female", 1990): ("婷雪倩怡颖琪佳欣莹雯璐瑶蕾悦萱涵妍彤琳", "雨梦思佳欣诗晓雅梓文静心嘉若可语紫"),
    ("male", 2010): ("轩泽辰睿宇涵霖熙晨阳恒安然皓朗乐", "子浩宇梓俊一沐奕铭嘉景辰知承"),
    ("female", 2010): ("涵萱妍彤汐瑶诺琪悦柠晴玥冉宁禾", "梓欣雨诗若一可语思紫沐书嘉芷"),
}
_DECADES = (2010, 1990, 1970, 1950, 0)

_UYGHUR = {
    "male": [
        "买买提",
        "艾合买提",
        "阿不都拉",
        "吐尔逊",
        "玉素甫",
        "库尔班",
        "热合曼",
        "伊力哈木",
        "努尔买买提",
        "亚森",
    ],
    "female": [
        "阿依古丽",
        "热依汗",
        "帕提古丽",
        "古丽娜尔",
        "阿瓦古丽",
        "茹仙古丽",
        "米热古丽",
        "吐拉汗",
        "麦合甫孜",
        "祖丽胡玛尔",
    ],
}
_TIBETAN = {
    "male": ["扎西次仁", "洛桑顿珠", "丹增平措", "格桑旺堆", "索朗多吉", "巴桑罗布", "强巴益西", "旦增曲扎"],
    "female": ["德吉央宗", "卓玛拉姆", "格桑卓嘎", "次仁曲珍", "白玛央金", "央宗拉吉", "达瓦卓玛", "仓决旺姆"],
}
_YI = {
    "male": ["阿尔木果", "吉克拉哈", "沙马尔布", "曲比阿木"],
    "female": ["阿依曲布", "吉木阿芝", "海来阿呷", "沙马阿支"],
}
_YI_CLANS = ["阿侯", "吉克", "沙马", "曲比", "海来", "勒格"]

_LISTED = [(entry.rstrip("0123456789"), int(entry.lstrip(entry.rstrip("0123456789")))) for entry in _SURNAMES.split()]
SURNAMES = [surname for surname, _share in _LISTED]
_WEIGHTS = list(accumulate(share for _surname, share in _LISTED))


def surname(rng: Random) -> str:
    """A Han surname by its frequency."""
    return rng.choices(SURNAMES, cum_weights=_WEIGHTS)[0]


def given_name(rng: Random, sex: str, year: int) -> str:
    """A given name of one or two characters as parents chose them in that year."""
    decade = next(since for since in _DECADES if year >= since)
    last, middle = _GIVEN[sex, decade]
    single = rng.random() < (0.42 if 1970 <= year < 2000 else 0.14)
    end = rng.choice(last)
    if single:
        return end
    first = rng.choice(middle)
    return first + end


def person_name(rng: Random, sex: str, year: int, province: str) -> str:
    """A name; `province` (two digits) says how likely it is not a Han one."""
    roll = rng.random()
    if (province == "65" and roll < 0.4) or roll < 0.0008:
        return f"{rng.choice(_UYGHUR[sex])}·{rng.choice(_UYGHUR['male'])}"
    if (province == "54" and roll < 0.85) or (province == "63" and roll < 0.2):
        return rng.choice(_TIBETAN[sex])
    if province in ("51", "53") and roll < 0.02:
        return f"{rng.choice(_YI_CLANS)}·{rng.choice(_YI[sex])}"
    return surname(rng) + given_name(rng, sex, year)


@lru_cache(maxsize=4096)
def _initial(character: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(character, style=Style.FIRST_LETTER)).lower()


def initials(name: str) -> str:
    """The pinyin initials, character by character, for finding by typing."""
    return "".join(map(_initial, name))
