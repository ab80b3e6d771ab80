"""Files that a committee fills in: what is read, and what a wrong line is told."""

from __future__ import annotations

from datetime import datetime

import pytest

from gridgov.errors import UsageError
from gridgov.report.tabular import About, table_bytes
from gridgov.ui.awards_call_backs_file import Answer, call_back_frame, read_answers
from gridgov.ui.awards_marks_file import read_marks, template

PEOPLE = [
    {"worker_id": "W1", "name": "张三", "grid_name": "第1网格"},
    {"worker_id": "W2", "name": "李四", "grid_name": "第2网格"},
]
HEAD = "格格编号,姓名,网格,评分人,身份,分数\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_marks_from_csv_in_the_encodings_that_offices_write(encoding: str) -> None:
    text = HEAD + "W1,张三,第1网格,王五,评委,87.5\nW2,李四,第2网格,王五,评委,\n"
    (entry,) = read_marks("a.csv", text.encode(encoding), ["W1", "W2"])
    assert (entry.candidate_id, entry.label, entry.role, entry.points) == (
        "W1",
        "王五",
        "评委",
        8750,
    )


def test_the_template_comes_back_from_excel() -> None:
    frame = template(PEOPLE)
    frame["评分人"], frame["分数"] = ["", "赵六"], [None, 90]
    about = About(title="评分表模板", made_at=datetime(2026, 7, 1), data_version="版本 1")
    (entry,) = read_marks("a.xlsx", table_bytes(frame, "xlsx", about), ["W1", "W2"])
    assert (entry.candidate_id, entry.role, entry.points) == ("W2", "同事", 9000)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "W9,,,王五,评委,80\n", "第 2 行：候选人里没有编号 W9"),
        (HEAD + "W1,,,,评委,80\n", "第 2 行：请填评分人"),
        (HEAD + "W1,,,王五,群众,80\n", "第 2 行：请填评分人"),
        (HEAD + "W1,,,王五,评委,80\nW2,,,王五,评委,101\n", "第 3 行：分数“101”"),
        (HEAD + "W1,,,王五,评委,nan\n", "没有填分数"),
        (HEAD + "W1,,,王五,评委,优\n", "第 2 行：分数“优”"),
        (HEAD + "W1,,,王五,评委,\n", "没有填分数的行"),
        ("姓名,分数\n张三,80\n", "缺少列：格格编号"),
    ],
)
def test_a_wrong_line_of_marks_is_named(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_marks("a.csv", text.encode(), ["W1", "W2"])


def test_a_file_that_is_no_table_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match="读不懂文件"):
        read_marks("a.xlsx", b"not a workbook", ["W1"])


DRAWN = [
    {
        "worker_id": "W1", "name": "张三", "grid_name": "第1网格", "visit_id": "V1",
        "on_date": "2026-03-01", "household": "H0",
    }
]  # fmt: skip


def test_answers_come_back_from_the_list_that_was_handed_out() -> None:
    given = {"V1": Answer("W1", "V1", "confirmed", 3)}
    content = call_back_frame(DRAWN, given).to_csv(index=False).encode("utf-8-sig")
    assert read_answers("b.csv", content, [("W1", "V1")]) == [given["V1"]]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("W1,V2,确有走访,满意", "名单里没有走访 V2"),
        ("W2,V1,确有走访,满意", "名单里没有走访 V1"),
        ("W1,V1,是,满意", "结果应为"),
        ("W1,V1,确有走访,好", "满意度应为"),
        ("W1,V1,,", "没有填结果的行"),
    ],
)
def test_a_wrong_answer_is_named(line: str, told: str) -> None:
    text = "格格编号,走访编号,结果,满意度\n" + line + "\n"
    with pytest.raises(UsageError, match=told):
        read_answers("b.csv", text.encode(), [("W1", "V1")])


def test_a_grade_counts_only_where_the_visit_took_place() -> None:
    text = "格格编号,走访编号,结果,满意度\nW1,V1,没有走访,满意\n"
    assert read_answers("b.csv", text.encode(), [("W1", "V1")])[0].satisfied is None
