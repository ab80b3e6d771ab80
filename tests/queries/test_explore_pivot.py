"""Crossed tables of the builder: shares of the total, declared order, figures that line up."""

from __future__ import annotations

from datetime import date

import pytest

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.explore.builder import Cut, in_order
from gridgov.explore.builder_answer import TOTAL, ask
from gridgov.explore.pivot import pivot
from gridgov.filters import Filters
from gridgov.warehouse import Warehouse
from tests.warehouses import sample_warehouse

FILTERS = Filters(today=date(2026, 10, 31), period="last_12_months")


def table(cut: Cut) -> tuple[list[str], list[dict[str, str]]]:
    reader = Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.LEADER})))
    found = pivot(ask(reader, FILTERS, cut))
    return [column.label for column in found.columns], list(found.rows)


def per_cent(text: str) -> float:
    assert text.endswith("%"), text
    return float(text.removesuffix("%"))


def test_shares_of_a_crossed_table_add_up_to_the_total() -> None:
    labels, rows = table(Cut(("C1",), ("category", "source"), share=True))
    cells = [f"C1.{place}" for place in range(len(labels) - 2)]
    body, total = rows[:-1], rows[-1]
    assert total[f"C1.{TOTAL}"] == "100.0%"
    # Each is rounded to a tenth.
    assert sum(per_cent(row[name]) for row in body for name in cells) == pytest.approx(100, abs=3)
    for row in body:
        parts = sum(per_cent(row[name]) for name in cells if row[name] != "—")
        assert parts == pytest.approx(per_cent(row[f"C1.{TOTAL}"]), abs=0.4)
    assert sum(per_cent(total[name]) for name in cells) == pytest.approx(100, abs=0.4)


def test_shares_over_time_are_of_each_period() -> None:
    _labels, rows = table(Cut(("C1",), ("source",), "quarter", share=True))
    first = [per_cent(row["C1.0"]) for row in rows[:-1]]
    assert sum(first) == pytest.approx(100, abs=0.4) and rows[-1]["C1.0"] == "100.0%"


def test_without_shares_the_figures_stand() -> None:
    _labels, rows = table(Cut(("C1",), ("category", "source")))
    assert not any("%" in text for row in rows for text in row.values())


def test_values_stand_as_declared() -> None:
    labels, _rows = table(Cut(("SV1",), ("grid:一般", "tier")))
    assert labels == ["一般网格", "每周", "每月", "每季", "合计"]
    _labels, rows = table(Cut(("SV1",), ("tier",), sort="natural"))
    assert [row["key_1"] for row in rows] == ["每周", "每月", "每季", "合计"]
    assert sorted(["x", "每季", "", "每周"], key=lambda key: in_order("tier", key)) == [
        "每周", "每季", "", "x",
    ]  # fmt: skip


def test_figures_of_one_metric_have_like_decimals() -> None:
    _labels, rows = table(Cut(("C1",), ("grid:一般", "category")))
    texts = [text for row in rows for name, text in row.items() if name.startswith("C1.")]
    shown = [text.rstrip("*") for text in texts if text != "—"]
    assert len(shown) > 100 and all(text[-2] == "." for text in shown)
    _labels, rows = table(Cut(("SV2",), ("grid:一般",)))
    counts = [row["SV2"] for row in rows if row["SV2"] != "<5"]
    assert counts and not any("." in text for text in counts)
