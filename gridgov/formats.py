"""Numbers, dates and periods as people read them, in Chinese and English.

Half-width figures with a thin space before a Chinese unit, thousands in whole numbers, 万 from
10,000 on in headlines, at most one decimal, percentage points for differences of percentages,
"—" for a missing value and 样本不足 for one that rests on too few cases. Pure functions: the
language is that of the current thread (`gridgov.locale.language`).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from numbers import Real

from gridgov.locale import _, language

__all__ = [
    "MISSING",
    "THIN",
    "bare",
    "change",
    "day",
    "duration",
    "headline",
    "hours",
    "interval",
    "is_missing",
    "listing",
    "moment",
    "month",
    "number",
    "percent",
    "period",
    "points",
    "points_bare",
    "ratio",
    "share",
    "signed",
    "too_few",
    "unit_name",
    "value",
    "whole",
    "with_unit",
]

THIN = "\u2009"
MISSING = "—"
_MINUS = "\u2212"
# Dates before a span: a span of months is said as a half-year, a quarter, a year where it is one.
_PERIOD = re.compile(r"^(\d{4})(?:-?(H[12]|Q[1-4]|W\d{2}|\d{2}))?$")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_UNITS_EN = {
    "人": ("person", "people"),
    "户": ("household", "households"),
    "件": ("case", "cases"),
    "次": ("time", "times"),
    "人次": ("attendance", "attendances"),
    "场": ("event", "events"),
    "个": ("", ""),
    "条": ("record", "records"),
    "天": ("day", "days"),
    "小时": ("hour", "hours"),
    "月": ("month", "months"),
    "分": ("point", "points"),
    "项次": ("service", "services"),
    "件/千人": ("per 1,000", "per 1,000"),
    "人次/千人": ("per 1,000", "per 1,000"),
}


def is_missing(number: object) -> bool:
    """True for None, NaN, NaT, pandas NA and infinities: nothing that may be shown as a figure."""
    if number is None:
        return True
    # The usual kinds first: asking for an abstract one takes ten times as long.
    if isinstance(number, float | int):
        return not math.isfinite(number)
    if isinstance(number, Real | Decimal):
        return not math.isfinite(float(number))
    return str(number) in {"<NA>", "NaT"} or number != number


def _rounded(number: float, decimals: int) -> str:
    """Half-up like on paper (2.25 → 2.3), with thousands and a true minus sign."""
    step = Decimal(1).scaleb(-decimals)
    text = f"{Decimal(repr(float(number))).quantize(step, rounding=ROUND_HALF_UP):,f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else _MINUS + text[1:]
    return text


def whole(number: float | None) -> str:
    """A count with thousands: 12,410."""
    return MISSING if number is None or is_missing(number) else _rounded(number, 0)


def number(number: float | None, decimals: int = 1) -> str:
    """A measured number with at most one decimal; a whole one is shown without: 8.2, 8, 1,204."""
    if number is None or is_missing(number):
        return MISSING
    text = _rounded(number, min(decimals, 1))
    return text.removesuffix(".0")


def percent(fraction: float | None, decimals: int = 1) -> str:
    """A fraction as a percentage: 0.934 → 93.4%."""
    if fraction is None or is_missing(fraction):
        return MISSING
    return f"{_rounded(fraction * 100, min(decimals, 1))}%"


def points(difference: float | None) -> str:
    """The difference of two fractions in percentage points, signed: 0.041 → +4.1 个百分点."""
    text = points_bare(difference)
    return text if text == MISSING else f"{text}{_unit(_('个百分点'))}"


def points_bare(difference: float | None) -> str:
    """As `points`, under a heading that says the unit: +4.1."""
    if difference is None or is_missing(difference):
        return MISSING
    number = difference * 100
    # Beside 67.7% a change reads +1.0: without its decimal it would look less exact than it is.
    return signed(number) if not round(number, 1) else _with_sign(_rounded(number, 1))


def signed(number: float | None, decimals: int = 1) -> str:
    """A number with its sign: +3, −2.5, 0."""
    if number is None or is_missing(number):
        return MISSING
    return _with_sign(_rounded(number, min(decimals, 1)).removesuffix(".0"))


def _with_sign(text: str) -> str:
    return text if text.startswith(_MINUS) or not text.strip("0.,") else f"+{text}"


def _unit(unit: str) -> str:
    return f"{THIN}{unit}" if language() == "zh_CN" else f" {unit}"


def unit_name(unit: str) -> str:
    """A unit as it stands alone in a heading: 件, in English "cases"."""
    return unit if language() == "zh_CN" else _UNITS_EN.get(unit, (unit, unit))[1]


def listing(items: Iterable[str]) -> str:
    """Items one after the other in a sentence, parted as the language parts them."""
    return ("；" if language() == "zh_CN" else "; ").join(items)


def with_unit(text: str, unit: str = "", amount: float | None = None) -> str:
    """`text` and its unit behind a thin space; "%" closes up, a missing value takes none.

    In English the unit is translated and takes its plural from `amount`.
    """
    if not unit or text == MISSING:
        return text
    if unit == "%":
        return f"{text}%"
    if language() == "zh_CN":
        return f"{text}{THIN}{unit}"
    single, plural = _UNITS_EN.get(unit, (unit, unit))
    word = single if amount == 1 else plural
    return f"{text} {word}".rstrip()


def headline(number_: float | None, unit: str = "") -> str:
    """A figure for a card: 9,190 户, 1.2 万人次 (in English 12,410), 93.4%."""
    if number_ is None or is_missing(number_):
        return MISSING
    if unit == "%":
        return percent(number_)
    if language() == "zh_CN" and abs(number_) >= 10_000:
        shown = _rounded(number_ / 10_000, 1).removesuffix(".0")
        return f"{shown}{THIN}万{unit}"
    text = whole(number_) if float(number_).is_integer() else number(number_)
    return with_unit(text, unit, float(number_))


def value(number_: float | None, unit: str = "", *, n: float | None = None, min_n: int = 0) -> str:
    """A figure for a table or a hover: percent for unit "%" (a fraction is given), else whole
    numbers with thousands or one decimal; 样本不足 where `n` is below `min_n`."""
    if n is not None and not is_missing(n) and n < min_n:
        return too_few()
    if number_ is None or is_missing(number_):
        return MISSING
    if unit == "%":
        return percent(number_)
    text = whole(number_) if float(number_).is_integer() else number(number_)
    return with_unit(text, unit, float(number_))


def bare(number_: float | None, unit: str = "") -> str:
    """As `value`, without the unit where a heading says it already; a percent sign stays."""
    return value(number_, "%" if unit == "%" else "")


def change(difference: float | None, unit: str = "") -> str:
    """A difference between two values of a metric, signed; percentages give 个百分点."""
    if difference is None or is_missing(difference):
        return MISSING
    if unit == "%":
        return points(difference)
    return with_unit(signed(difference), unit, difference)


def share(part: float | None, total: float | None) -> str:
    """`part` of `total` as a percentage; missing over nothing."""
    if part is None or total is None or is_missing(part) or is_missing(total) or not total:
        return MISSING
    return percent(part / total)


def ratio(numerator: float | None, denominator: float | None, unit: str = "") -> str:
    """Numerator and denominator beside each other: 2,894 / 9,190 户."""
    return with_unit(f"{whole(numerator)} / {whole(denominator)}", unit, denominator)


def interval(low: float | None, high: float | None, unit: str = "%") -> str:
    """An interval: 86.6–92.3% (fractions are given for "%"), 3–8 件."""
    if low is None or high is None or is_missing(low) or is_missing(high):
        return MISSING
    if unit == "%":
        return f"{_rounded(low * 100, 1)}–{_rounded(high * 100, 1)}%"
    return with_unit(f"{number(low)}–{number(high)}", unit, high)


def too_few() -> str:
    """What stands in place of a value that rests on too few cases."""
    return _("样本不足")


def hours(count: float | None) -> str:
    """A length of time given in hours: 45 分钟, 8.2 小时, 3.5 天 (days from 48 hours on)."""
    if count is None or is_missing(count):
        return MISSING
    if abs(count) >= 48:
        return with_unit(number(count / 24), "天", round(count / 24, 1))
    if 0 < abs(count) < 1:
        return f"{whole(count * 60)}{_unit(_('分钟'))}"
    return with_unit(number(count), "小时", round(count, 1))


def duration(days: float | None) -> str:
    """A length of time given in days: 8.2 天, under two days in hours."""
    return hours(None if days is None or is_missing(days) else days * 24)


def _date(when: dt.date | str) -> dt.date:
    if isinstance(when, str):
        return dt.date.fromisoformat(when[:10])
    return when.date() if isinstance(when, dt.datetime) else when


def day(when: dt.date | str | None) -> str:
    """A day: 2026-10-31, the same in both languages."""
    return MISSING if when is None or is_missing(when) else _date(when).isoformat()


def moment(when: dt.datetime | None) -> str:
    """A day and time to the minute: 2026-10-31 08:10."""
    return MISSING if when is None or is_missing(when) else f"{when:%Y-%m-%d %H:%M}"


def month(when: dt.date | str | None, *, short: bool = False) -> str:
    """A month: 2026年10月 or Oct 2026; `short` without the year: 10月 or Oct."""
    if when is None or is_missing(when):
        return MISSING
    if isinstance(when, str) and len(when) == 7:
        when = f"{when}-01"
    date = _date(when)
    if language() == "en":
        return _MONTHS[date.month - 1] if short else f"{_MONTHS[date.month - 1]} {date.year}"
    return f"{date.month}月" if short else f"{date.year}年{date.month}月"


def period(code: str) -> str:
    """A period by its code: 2026, 2026H1, 2026Q3, 2026-10, 2026-W44 or 2026W44, 2026-10-31.

    Anything else is given back as it is, so that a free period may carry its own words.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", code):
        return day(code)
    found = _PERIOD.match(code)
    if not found:
        return code
    year, part = found.groups()
    english = language() == "en"
    if part is None:
        return year if english else f"{year}年"
    if part.startswith("H"):
        return f"{part} {year}" if english else f"{year}年{'上' if part == 'H1' else '下'}半年"
    if part.startswith("Q"):
        return f"{part} {year}" if english else f"{year}年第{'一二三四'[int(part[1]) - 1]}季度"
    if part.startswith("W"):
        return f"Week {int(part[1:])}, {year}" if english else f"{year}年第{int(part[1:])}周"
    return month(f"{year}-{part}-01") if 1 <= int(part) <= 12 else code
