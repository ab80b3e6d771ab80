"""Point 3: what a cell can look like, and what it must not be taken for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from etl.values import (
    Unreadable,
    clean,
    is_precision_lost,
    read_flag,
    read_moment,
    read_number,
    split_and,
    split_labels,
)

MOMENTS = {
    "2025/1/3": datetime(2025, 1, 3),
    "2025-01-03 08:05": datetime(2025, 1, 3, 8, 5),
    "2025-01-03T08:05:09": datetime(2025, 1, 3, 8, 5, 9),
    "2025年1月3日 8时5分": datetime(2025, 1, 3, 8, 5),
    "2025年1月3日8点": datetime(2025, 1, 3, 8),
    "2025年1月3日下午3点半": datetime(2025, 1, 3, 15, 30),
    "2025年1月3日(星期五) 08:05": datetime(2025, 1, 3, 8, 5),
    "20250103": datetime(2025, 1, 3),
    "20250103080509": datetime(2025, 1, 3, 8, 5, 9),
    "2025.1.3": datetime(2025, 1, 3),
    "45660": datetime(2025, 1, 3),
    "45660.3368055556": datetime(2025, 1, 3, 8, 5),
    "2025/1/3 上午 8:05": datetime(2025, 1, 3, 8, 5),
    "2025/1/3 上午 12:05": datetime(2025, 1, 3, 0, 5),
    "2025/1/3 下午 12:05": datetime(2025, 1, 3, 12, 5),
    "2025/1/3 下午3:05:09": datetime(2025, 1, 3, 15, 5, 9),
    "2025/1/3 3:05 PM": datetime(2025, 1, 3, 15, 5),
    "２０２５／１／３ ０８：０５": datetime(2025, 1, 3, 8, 5),
    "2025-01-03 24:00": datetime(2025, 1, 4),
    "2025-01-03T08:05:00Z": datetime(2025, 1, 3, 16, 5),
    "2025-01-03T08:05:00+08:00": datetime(2025, 1, 3, 8, 5),
    "\t2025-01-03\u00a0": datetime(2025, 1, 3),
    "20250103 08:05": datetime(2025, 1, 3, 8, 5),
    "20250103 下午3时": datetime(2025, 1, 3, 15),
    "二〇二五年一月三日": datetime(2025, 1, 3),
    "二○二五年十二月二十一日 上午九时": datetime(2025, 12, 21, 9),
    "二零二五年十月三十日下午三点二十五分": datetime(2025, 10, 30, 15, 25),
    "03-1月 -25 08:05": datetime(2025, 1, 3, 8, 5),
    "2025/1/3 8:05:00 AM": datetime(2025, 1, 3, 8, 5),
    "—": None,
    "无": None,
}


@pytest.mark.parametrize("text", [text for text in MOMENTS if text != "无"])
def test_moments_are_read(text: str) -> None:
    assert read_moment(text) == MOMENTS[text]


@pytest.mark.parametrize(
    "text",
    [
        "昨天",
        "2025-13-01",
        "2025-02-30",
        "2025/1/3 25:00",
        "123",
        "99999",
        "3/4/2025",
        "2025-01-03 8:77",
        # From when to when: no zone west of Greenwich.
        "2025/01/03 08:05-09:05",
        "2025-01-03 8:00-10",
        "二〇二五年二月三十日",
        "二二五年一月三日",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_moment(text)
    assert caught.value.check_id == "E102"


def test_day_and_month_follow_the_order_that_the_column_has() -> None:
    assert read_moment("3/4/2025", "dmy") == datetime(2025, 4, 3)
    assert read_moment("3/4/2025 08:05", "mdy") == datetime(2025, 3, 4, 8, 5)
    with pytest.raises(Unreadable):
        read_moment("13/14/2025", "mdy")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("１，２３４人", 1234), ("1,234", 1234), ("30户", 30), ("2.0", 2), (" 7 ", 7),
        ("0", 0), ("1.2万", 12000), ("", None), ("/", None),
    ],
)  # fmt: skip
def test_counts_are_read(text: str, value: int | None) -> None:
    assert read_number(text, whole=True, negative=False) == value


@pytest.mark.parametrize(
    ("text", "check"),
    [("12.5", "E103"), ("十二", "E103"), ("-3", "E108"), ("1,23", "E103"), ("5.1E+17", "E103")],
)
def test_what_is_no_count_is_refused(text: str, check: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_number(text, whole=True, negative=False)
    assert caught.value.check_id == check


def test_percent_and_yuan_are_read() -> None:
    assert read_number("95.5%", whole=False, negative=True) == Decimal("95.5")
    assert read_number("￥1,200.50元", whole=False, negative=True) == Decimal("1200.50")


@pytest.mark.parametrize("text", ["是", "√", "有", "已", "已回访", "Y", "1", "TRUE", " 是 ", "✔",
                                  "✔️", "在家", "见到", "是（本人）", "1.0", "首次", "已办结"])  # fmt: skip
def test_yes(text: str) -> None:
    assert read_flag(text) is True


@pytest.mark.parametrize("text", ["否", "×", "无", "未", "未见面", "N", "0", "没见到", "不在家",
                                  "否（外出）", "无人", "非首次", "不满意"])  # fmt: skip
def test_no(text: str) -> None:
    assert read_flag(text) is False


@pytest.mark.parametrize("text", ["—", "不清楚", "不知道", "不适用", "未填", "不便透露", "待核实"])
def test_what_is_not_said_is_not_no(text: str) -> None:
    assert read_flag(text) is None


@pytest.mark.parametrize("text", ["也许", "已读未回", "已拒绝"])
def test_neither_yes_nor_no(text: str) -> None:
    with pytest.raises(Unreadable):
        read_flag(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三和李四", ["张三", "李四"]),
        ("欧阳娜娜与李四", ["欧阳娜娜", "李四"]),
        ("李和平", ["李和平"]),
        ("欧阳和", ["欧阳和"]),
    ],
)
def test_two_workers_joined_by_a_word(text: str, names: list[str]) -> None:
    assert split_and(text) == names


def test_several_workers_in_a_cell() -> None:
    assert split_labels("张三、李 四/王五\n赵六，张三;孙七+李 四") == [
        "张三",
        "李四",
        "王五",
        "赵六",
        "孙七",
    ]
    assert split_labels("张 三 2") == ["张三2"]


def test_a_rounded_number_is_not_taken_apart_at_its_plus() -> None:
    assert split_labels("5.10112E+17、张三+李四") == ["5.10112E+17", "张三", "李四"]


@pytest.mark.parametrize("text", ['="00123"', "'00123", " 00123 ", "００１２３"])
def test_what_guards_a_number_from_a_spreadsheet_is_no_part_of_it(text: str) -> None:
    assert clean(text) == "00123"
    assert split_labels(text) == ["00123"]


def test_a_rounded_number_is_known_by_its_exponent() -> None:
    assert is_precision_lost("5.10112E+17")
    assert not is_precision_lost("510112199001011234")
    assert not is_precision_lost("E12")
