"""The builder's question as a value: addresses, files, limits, the choice of a figure."""

from __future__ import annotations

import json
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import UsageError
from gridgov.explore.builder import (
    ChartKind,
    Cut,
    Sort,
    allowed_grains,
    allowed_splits,
    checked,
    split_label,
)
from gridgov.explore.chart_choice import Shape, choose_chart, possible_charts, shape_of
from gridgov.explore.question_file import (
    QuestionFile,
    builder_definition,
    cut_of,
    filters_of,
    read_question_file,
    sql_definition,
    write_question_file,
)
from gridgov.filters import Filters
from gridgov.metrics import METRICS

TODAY = date(2026, 10, 31)


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """Any question that the builder could hold."""
    codes = draw(st.lists(st.sampled_from(sorted(METRICS)), min_size=1, max_size=6, unique=True))
    splits = allowed_splits(codes)
    by = draw(st.lists(st.sampled_from([*splits, "grid:一般"]), max_size=2, unique=True))
    chosen = draw(st.lists(st.sampled_from(splits), unique=True)) if splits else []
    values = st.lists(st.sampled_from(["网格", "12345", "a b&c=d"]), min_size=1, unique=True)
    return Cut(
        metrics=tuple(codes),
        by=tuple(by),
        grain=draw(st.sampled_from([None, *allowed_grains(codes)])),
        only=tuple((name, tuple(draw(values))) for name in chosen),
        chart=draw(st.sampled_from([None, *get_args(ChartKind)])),
        sort=draw(st.sampled_from(get_args(Sort))),
        top=draw(st.sampled_from([None, 3, 10])),
        compare=draw(st.booleans()),
        share=draw(st.booleans()),
    )


@given(cuts())
def test_an_address_opens_the_same_question(cut: Cut) -> None:
    assert Cut.from_url(cut.to_url()) == cut
    assert checked(cut) == cut


@given(cuts())
def test_a_file_carries_the_same_question(cut: Cut) -> None:
    definition = builder_definition(cut, Filters(today=TODAY, grid_id="G1"))
    content = write_question_file(QuestionFile("builder", "停车", definition, "说明", 3))
    found = read_question_file(content)
    assert cut_of(found.definition) == cut
    assert filters_of(found.definition, TODAY).grid_id == "G1"
    assert (found.name, found.description, found.data_version) == ("停车", "说明", 3)


def test_an_address_is_read_with_patience() -> None:
    assert Cut.from_url({}) is None
    assert Cut.from_url({"m": "NOPE"}) is None
    cut = Cut.from_url(
        {"m": "c3~NOPE", "by": "worker~grid:一般~grid:微~category", "grain": "hour", "top": "-1"}
    )
    assert cut == Cut(("C3",), ("grid:一般", "category"))


def test_nobody_is_ranked_here() -> None:
    assert any("worker" in metric.dimensions for metric in METRICS.values())
    for code in METRICS:
        assert "worker" not in allowed_splits([code])
    with pytest.raises(UsageError, match="worker"):
        checked(Cut(("C3",), ("worker",)))


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (Cut(()), "至少选择一个指标"),
        (Cut(("XX",)), "没有这个指标：XX"),
        (Cut(("SV1", "C3"), ("category",)), "category"),
        (Cut(("HP3",), grain="day"), "day"),
        (Cut(tuple(sorted(METRICS))[:7]), "最多选 6 个"),
    ],
)
def test_a_command_is_told_what_is_wrong(cut: Cut, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        checked(cut)


def test_shared_splits_and_grains_only() -> None:
    assert allowed_splits(["C3", "C5"]) == ("category", "source", "nature")
    assert allowed_splits(["SV1", "C3"]) == ()
    assert allowed_grains(["C3", "HP3"]) == ("quarter", "half", "year")


def test_every_split_has_a_name() -> None:
    names = {split for metric in METRICS.values() for split in allowed_splits([metric.code])}
    assert names
    for name in (*names, "grid:微", "grid:children"):
        assert split_label(name) != name


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "不是 JSON"),
        (b"[" * 100_000, "不是 JSON"),
        (b"{}", "不是本系统导出"),
        (b'{"format": "gridgov-question", "version": 9}', "版本是 9"),
        (b'{"format": "gridgov-question", "version": 1, "kind": "sql"}', "不完整"),
        (b" " * 400_000, "文件太大"),
        (
            b'{"format": "gridgov-question", "version": 1, "kind": "sql", "name": "a", '
            b'"definition": {"sql": "SELECT \'\\ud800\'"}}',
            "不是 JSON",
        ),
    ],
)
def test_a_foreign_file_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_question_file(content)


def test_a_blank_parameter_of_a_file_stays_blank() -> None:
    content = write_question_file(QuestionFile("sql", "问", {"sql": "SELECT $a"}))
    given = json.loads(content)
    given["definition"]["parameters"] = {"a": None}
    found = read_question_file(json.dumps(given).encode())
    assert found.definition["parameters"] == {"a": ""}


def test_only_what_a_page_understands_is_taken_from_a_file() -> None:
    definition = {**sql_definition("SELECT $a", {"a": "1"}), "password": "x"}
    content = write_question_file(QuestionFile("sql", "问", definition))
    assert read_question_file(content).definition == {"sql": "SELECT $a", "parameters": {"a": "1"}}
    wrong = json.loads(content) | {"kind": "shell"}
    with pytest.raises(UsageError, match="没有这种问题：shell"):
        read_question_file(json.dumps(wrong).encode())
    worker = builder_definition(Cut(("C3",), ("worker",)), Filters(today=TODAY))
    found = read_question_file(write_question_file(QuestionFile("builder", "问", worker)))
    assert "worker" not in json.dumps(found.definition)


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (Shape(), "table"),
        (Shape(buckets=12), "line"),
        (Shape(metrics=3, buckets=12), "line"),
        (Shape(metrics=2, units=2, buckets=12), "table"),
        (Shape(first=4, buckets=12), "line"),
        (Shape(first=11, buckets=12), "heat"),
        (Shape(first=127, buckets=12, is_grid=True), "box"),
        (Shape(first=11, is_grid=True), "bar"),
        (Shape(first=127, is_grid=True), "map"),
        (Shape(first=10), "bar"),
        (Shape(first=10, second=5), "heat"),
        (Shape(first=5, second=3), "bar"),
        (Shape(first=127, second=40), "table"),
        (Shape(metrics=2, first=11), "scatter"),
        (Shape(metrics=2, units=2, first=3), "table"),
        (Shape(metrics=2, first=3), "bar"),
        (Shape(first=5, second=5, buckets=6), "table"),
    ],
)
def test_the_figure_that_suits(shape: Shape, kind: str) -> None:
    assert choose_chart(shape) == kind


@given(
    st.builds(
        Shape,
        metrics=st.integers(1, 6),
        units=st.integers(1, 3),
        first=st.integers(0, 200),
        second=st.integers(0, 40),
        buckets=st.integers(0, 200),
        is_grid=st.booleans(),
        adds_up=st.booleans(),
    ),
    st.sampled_from([None, *get_args(ChartKind)]),
)
def test_a_choice_is_always_possible(shape: Shape, wanted: ChartKind | None) -> None:
    possible = possible_charts(shape)
    chosen = choose_chart(shape, wanted)
    assert chosen in possible and possible[-1] == "table"
    assert chosen == wanted or wanted not in possible


def test_the_shape_follows_the_question() -> None:
    shape = shape_of(Cut(("ML2", "C3"), ("grid:一般",), grain="month"), 11, 0, 6)
    assert shape == Shape(metrics=2, units=2, first=11, buckets=6, is_grid=True)
    assert shape_of(Cut(("SV2",), grain="month"), 1, 0, 6).adds_up
