"""Text cells to values, one cell at a time: the slow, thorough half of the conversion.

The fast half is SQL (etl/convert.py); only distinct texts that SQL could not read come here.
A function gives the value, or raises `Unreadable` with the id of the field check it breaks.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

__all__ = [
    "EPOCH_1900",
    "EPOCH_1904",
    "FLAGS",
    "ORDERS",
    "DateOrder",
    "Unreadable",
    "clean",
    "is_nothing",
    "is_precision_lost",
    "join_han",
    "numeric_date_orders",
    "read_flag",
    "read_moment",
    "read_number",
    "split_and",
    "split_labels",
    "unguarded",
]

DateOrder = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
_SPACE = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
# From which day spreadsheets count, in Windows and, once, on a Mac.
EPOCH_1900, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_TRUE = [
    "是",
    "有",
    "√",
    "✓",
    "✔",
    "对",
    "已",
    "y",
    "yes",
    "t",
    "true",
    "1",
    "在",
    "见",
    "到",
    "接通",
    "解决",
    "已解决",
    "已回访",
    "已见面",
    "满意",
    "v",
    "☑",
    "已办",
    "完成",
    "是的",
    "在家",
    "见到",
    "见面",
    "见到本人",
    "有人",
    "首次",
    "属于",
    "计划内",
    "权责内",
    "职责内",
    "1.0",
]
_FALSE = [
    "否",
    "无",
    "×",
    "✗",
    "✘",
    "错",
    "未",
    "n",
    "no",
    "f",
    "false",
    "0",
    "没有",
    "不是",
    "不在",
    "未见",
    "未接通",
    "未解决",
    "未回访",
    "未见面",
    "没",
    "不",
    "x",
    "☒",
    "未办",
    "未完成",
    "无人",
    "无人在家",
    "家中无人",
    "非首次",
    "计划外",
    "权责外",
    "职责外",
    "0.0",
]
FLAGS: dict[str, bool] = {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}
_UNKNOWN = {"", "-", "--", "—", "/", "\\", "n/a", "na", "nan", "null", "none", "不详", "未知", "空"}
# Who says "not clear" has not said no.
_UNSAID = re.compile(
    r"不(?:清楚|知道?|确定|了解|适用|明|便|愿).*|未(?:填|登记|录入|统计|提供|核实|确认).*|待.+|暂无"
)
_REFUSED = re.compile(r"[未不没无拒]")
_ASIDE = re.compile(r"\(.*\)$|\ufe0f")
_LOST = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2,}")
# Web exports write ="00123" so that a spreadsheet keeps the zeros.
_GUARDED = re.compile(r'="([^"]*)"')
_BETWEEN = re.compile(r"[、/,，;；\n\r|&＆]+|(?<!\d[eEＥｅ])[+＋]|\s+(?:和|与)\s+")
_UNIT = re.compile(r"(?:人次|项次|人|户|元|次|家|天|个|名|件|场|项|条|岁|份|%|％)$")
_YMD = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?号?")
_SHORT_YMD = re.compile(r"(\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2})?)?")
_COMPACT_DAY = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})[ T]+(?=\d{1,2}[:时点]|\D)")
_NUMERIC = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{1,2})(?=$|[^\d])")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
# As databases write it in Chinese: 03-1月 -25.
_DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})月\s*-(\d{4}|\d{2})(?=$|\D)")
_HAN = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
_HAN_YEAR = re.compile(rf"[{''.join(_HAN)}]{{4}}(?=年)")
_HAN_NUMBER = re.compile(r"([二三四五]?)(十?)([一二三四五六七八九]?)(?=[月日号时点分秒])")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_CLOCK = re.compile(
    r"(?P<half>凌晨|早上|早晨|清晨|上午|中午|下午|午后|傍晚|晚上|夜间|晚|[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<h>\d{1,2})\s*(?:[:时点]\s*(?:(?P<half_hour>半)|(?P<m>\d{1,2})\s*(?:[:分]\s*(?:(?P<s>\d{1,2})(?:\.\d+)?\s*秒?)?)?)?)"
    r"\s*(?P<tail>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_WEEKDAY = re.compile(r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?")
_AND = re.compile(r"([\u3400-\u9fff]{2,4})[和与及]([\u3400-\u9fff]{2,4})")
_MORNING = {"凌晨", "早上", "早晨", "清晨", "上午", "am"}


class Unreadable(ValueError):
    """A cell that cannot be read; `check_id` says which field check it breaks."""

    def __init__(self, check_id: str) -> None:
        super().__init__(check_id)
        self.check_id = check_id


def clean(value: str) -> str:
    """Half-width, one space between words, none around; an apostrophe in front, or =" " around,
    that is there for a spreadsheet's sake goes."""
    plain = unguarded(_SPACE.sub(" ", unicodedata.normalize("NFKC", value)).strip())
    return plain[1:].strip() if plain.startswith("'") else plain


def unguarded(value: str) -> str:
    """`="00123"` without what guards it against a spreadsheet; other texts as they are."""
    found = _GUARDED.fullmatch(value)
    return found[1].strip() if found else value


def is_nothing(value: str) -> bool:
    """True for the words and strokes that stand for an empty cell: 无, /, —, NULL."""
    return value.lower() in _UNKNOWN or value == "无"


def is_precision_lost(value: str) -> bool:
    """True for a long number that a spreadsheet has written as 5.10112E+17."""
    return bool(_LOST.fullmatch(value))


def split_labels(value: str) -> list[str]:
    """Several names in one cell: 、 / , ; and line breaks, each cleaned; `张 三` becomes 张三."""
    names = [join_han(clean(part)) for part in _BETWEEN.split(unguarded(value.strip()))]
    return list(dict.fromkeys(name for name in names if name))


def split_and(name: str) -> list[str]:
    """张三和李四 is two people; 李和平, with one character before the 和, is one."""
    found = _AND.fullmatch(name)
    return [found[1], found[2]] if found else [name]


def join_han(name: str) -> str:
    """Spaces between Chinese characters are layout, not part of a name."""
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff\d])", "", name)


def read_flag(value: str) -> bool | None:
    """是/否/√/×/有/无/已/未 and their kin; None where the cell says nothing."""
    plain = _ASIDE.sub("", clean(value).lower()).strip()
    if plain in _UNKNOWN:
        return None
    if plain in FLAGS:
        return FLAGS[plain]
    if _UNSAID.fullmatch(plain):
        return None
    if plain.startswith(("未", "没", "不")):
        return False
    if plain.startswith("已") and not _REFUSED.search(plain):
        return True
    raise Unreadable("E106")


def read_number(value: str, *, whole: bool, negative: bool) -> Decimal | None:
    """Thousands separators, units and full-width digits are read; None where nothing is said.

    Raises `Unreadable` E103 (not a whole number), E107 (no number) or E108 (negative).
    """
    plain = clean(value)
    if is_nothing(plain):
        return None
    failed = "E103" if whole else "E107"
    unit = _UNIT.search(plain)
    bare = (plain[: unit.start()] if unit else plain).strip().lstrip("¥￥").replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    if not re.fullmatch(r"[-+]?\d+(\.\d*)?(万)?", bare):
        raise Unreadable(failed)
    try:
        number = Decimal(bare.removesuffix("万")) * (10000 if bare.endswith("万") else 1)
    except InvalidOperation as error:
        raise Unreadable(failed) from error
    if whole and number != number.to_integral_value():
        raise Unreadable(failed)
    if number < 0 and not negative:
        raise Unreadable("E108")
    if abs(number) > 2_000_000_000:
        raise Unreadable(failed)
    return number


def numeric_date_orders(value: str) -> frozenset[DateOrder] | None:
    """The orders in which 03/04/2025 or 25-4-3 can be read, which only the whole column can narrow
    down to one; none for 99/99/2025. None (no set) where the text leaves no doubt."""
    plain = clean(value)
    if _YMD.match(plain) or _COMPACT.fullmatch(plain):
        return None
    found = _NUMERIC.match(plain)
    if found is None:
        return None
    first, second, third = (int(part) for part in found.groups())
    # A year has two digits or four.
    at_end, in_front = len(found[3]) > 1, len(found[1]) == 2 and len(found[3]) < 4
    orders: dict[DateOrder, bool] = {
        "dmy": at_end and 1 <= first <= 31 and 1 <= second <= 12,
        "mdy": at_end and 1 <= first <= 12 and 1 <= second <= 31,
        "ymd": in_front and 1 <= second <= 12 and 1 <= third <= 31,
    }
    return frozenset(order for order, can_be in orders.items() if can_be)


def read_moment(
    value: str, order: DateOrder | None = None, epoch: datetime = EPOCH_1900
) -> datetime | None:
    """A date or a moment in local time; None where the cell says nothing.

    `order` is needed for 03/04/2025; a serial number counts days from `epoch`. A moment with a zone
    is moved to Asia/Shanghai, which has had no summer time since 1991. Raises `Unreadable` E102.
    """
    plain = clean(value)
    if is_nothing(plain):
        return None
    plain = _in_digits(_WEEKDAY.sub(" ", plain).strip())
    if _SERIAL.fullmatch(plain):
        return _from_serial(float(plain), epoch)
    try:
        compact = _COMPACT.fullmatch(plain)
        if compact:
            return datetime(*(int(part or 0) for part in compact.groups()))  # type: ignore[arg-type]
        day, rest = _read_day(plain, order)
        return _add_clock(day, rest.strip())
    except (ValueError, OverflowError) as error:
        raise Unreadable("E102") from error


def _from_serial(serial: float, epoch: datetime) -> datetime:
    """Days since `epoch`, as spreadsheets count; from 1899 on only those of 1954 to 2119."""
    if not 20_000 <= serial <= 80_000:
        raise Unreadable("E102")
    moment = epoch + timedelta(days=serial)
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def _in_digits(plain: str) -> str:
    """二〇二五年一月三日 in digits; other texts as they are."""
    if not _HAN_YEAR.match(plain):
        return plain
    year = "".join(_HAN[sign] for sign in plain[:4])
    return year + _HAN_NUMBER.sub(_in_tens, plain[4:])


def _in_tens(found: re.Match[str]) -> str:
    tens, ten, ones = found.groups()
    if not found[0] or (tens and not ten and ones):
        return found[0]
    if not ten:
        return _HAN[tens or ones]
    return str(10 * int(_HAN[tens] if tens else 1) + int(_HAN[ones] if ones else 0))


def _read_day(plain: str, order: DateOrder | None) -> tuple[date, str]:
    if found := _YMD.match(plain):
        return date(int(found[1]), int(found[2]), int(found[3])), plain[found.end() :]
    if found := _SHORT_YMD.match(plain):
        return date(2000 + int(found[1]), int(found[2]), int(found[3])), plain[found.end() :]
    if found := _COMPACT_DAY.match(plain):
        return date(int(found[1]), int(found[2]), int(found[3])), plain[found.end() :]
    if found := _DAY_FIRST.match(plain):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        return date(year, int(found[2]), int(found[1])), plain[found.end() :]
    if found := _NUMERIC.match(plain):
        first, second, third = (int(part) for part in found.groups())
        if order is None or len(found[3]) in ((4,) if order == "ymd" else (1,)):
            raise ValueError(plain)
        if order == "ymd":
            return date(2000 + first, second, third), plain[found.end() :]
        day, month = (first, second) if order == "dmy" else (second, first)
        return date(third + (2000 if len(found[3]) == 2 else 0), month, day), plain[found.end() :]
    if found := _MONTH.fullmatch(plain):
        return date(int(found[1]), int(found[2]), 1), ""
    raise ValueError(plain)


def _add_clock(day: date, rest: str) -> datetime:
    midnight = datetime(day.year, day.month, day.day)
    is_iso, rest = rest.startswith("T"), rest.removeprefix("T").strip(" ,")
    if not rest:
        return midnight
    found = _CLOCK.fullmatch(rest)
    if found is None:
        raise ValueError(rest)
    half = (found["half"] or found["tail"] or "").lower().replace(".", "")
    hour = int(found["h"])
    minute = 30 if found["half_hour"] else int(found["m"] or 0)
    second = int(found["s"] or 0)
    if half in _MORNING:
        hour = 0 if hour == 12 else hour
    elif (half in {"下午", "午后", "傍晚", "晚上", "晚", "夜间", "pm"} and hour < 12) or (
        half == "中午" and hour < 3
    ):
        hour += 12
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second > 0):
        raise ValueError(rest)
    moment = midnight + timedelta(hours=hour, minutes=minute, seconds=second)
    zone = found["zone"] or ""
    if zone.startswith("-") and not is_iso:
        # 08:05-09:05 is from when to when, not a place west of Greenwich.
        raise ValueError(rest)
    return _to_shanghai(moment, zone or None)


def _to_shanghai(moment: datetime, zone: str | None) -> datetime:
    if zone is None:
        return moment
    if zone == "Z":
        return moment + timedelta(hours=8)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return moment + timedelta(hours=8) - (offset if zone[0] == "+" else -offset)
