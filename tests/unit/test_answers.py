"""What is kept, what is not, and that nobody can change what others are given."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pandas as pd
import pytest

from gridgov.answers import Answers, question
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that reach the engine, in order."""
    seen: list[str] = []
    original = Reader._execute

    def execute(self: Reader, text: str, used: dict[str, object]) -> object:
        seen.append(text)
        return original(self, text, used)

    monkeypatch.setattr(Reader, "_execute", execute)
    return seen


@pytest.fixture
def reader() -> Reader:
    warehouse = Warehouse(sample_warehouse())
    return Reader(warehouse.current(), warehouse.reader().scope, Answers())


def test_the_same_question_reaches_the_engine_once(reader: Reader, asked: list[str]) -> None:
    sql = "SELECT count(*) FROM fact_visit WHERE on_date >= $since"
    first = reader.rows(sql, since=date(2026, 1, 1))
    assert reader.rows(sql, since=date(2026, 1, 1)) == first
    assert len(asked) == 1
    assert reader.rows(sql, since=date(2026, 6, 1)) != first
    assert len(asked) == 2


def test_a_changed_answer_does_not_reach_the_next_reader(reader: Reader) -> None:
    sql = "SELECT grid_id, name FROM grid ORDER BY grid_id LIMIT 3"
    frame = reader.frame(sql)
    before = frame.copy(deep=True)
    frame.loc[0, "name"] = "changed"
    frame["more"] = 1
    pd.testing.assert_frame_equal(reader.frame(sql), before)
    rows = reader.rows(sql)
    rows.clear()
    assert len(reader.rows(sql)) == 3


def test_equal_values_of_other_types_are_other_questions() -> None:
    assert question("q", {"x": 1}) != question("q", {"x": 1.0})
    assert question("q", {"x": 1}) != question("q", {"x": True})
    assert question("q", {"x": [1, 2]}) == question("q", {"x": (1, 2)})
    assert question("q", {"x": {"a": []}}) is None


def test_large_answers_are_not_kept_and_old_ones_go() -> None:
    answers = Answers(largest=4, all_cells=6)
    calls: list[str] = []

    def give(name: str, cells: int) -> int:
        def ask() -> int:
            calls.append(name)
            return cells

        return answers.get(name, ask, lambda found: found)

    give("large", 5)
    give("large", 5)
    assert calls == ["large", "large"]
    give("a", 3)
    give("b", 3)
    give("a", 3)
    give("c", 3)  # b was asked least recently
    assert len(answers) == 2
    calls.clear()
    give("a", 3)
    give("c", 3)
    give("b", 3)
    assert calls == ["b"]


def test_of_many_who_ask_at_once_one_computes() -> None:
    answers = Answers()
    calls: list[int] = []
    gate = threading.Barrier(8)

    def ask() -> int:
        calls.append(1)
        time.sleep(0.05)
        return 7

    def one(_number: int) -> int:
        gate.wait(5)
        return answers.get("key", ask, lambda _found: 1)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == [7] * 8
    assert len(calls) == 1


def test_a_failure_is_not_kept_and_holds_nobody_up() -> None:
    answers = Answers()

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        answers.get("key", fail, lambda _found: 1)
    assert answers.get("key", lambda: 3, lambda _found: 1) == 3
