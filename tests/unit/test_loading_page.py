"""What the data page makes of files before they are loaded, and that no load goes unrecorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etl.findings import Finding
from etl.report import FileReport, LoadReport
from gridgov.ui import loading


class Interrupted(BaseException):
    """As Streamlit ends a run when its reader clicks elsewhere: at the next thing to be drawn."""


def _raise(*_given: object, **_named: object) -> None:
    raise Interrupted


def test_a_load_is_recorded_though_its_reader_clicks_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded: list[str] = []
    drawn: list[float] = []
    bar = SimpleNamespace(progress=lambda share, line: drawn.append(share), empty=_raise)
    state: dict[str, Any] = {}
    page = SimpleNamespace(progress=lambda *a: bar, session_state=state, rerun=_raise)
    monkeypatch.setattr(loading, "st", page)
    monkeypatch.setattr(loading, "note", lambda view, action, *rest: recorded.append(action))
    report = LoadReport(2, [], published=True, batch_id=2)

    def job(tell: Callable[[str, float], None]) -> LoadReport:
        tell("读取", 0.5)
        bar.progress = _raise  # published from here on
        tell("发布", 0.95)
        tell("完成", 1.0)
        return report

    with pytest.raises(Interrupted):
        loading._run(SimpleNamespace(), "导入", job, [Path("a.csv")])  # type: ignore[arg-type]
    assert recorded == ["load.publish"]
    assert state["load_result"] is report
    assert drawn == [0.5]


def test_columns_that_two_headers_fill_are_told() -> None:
    columns = {"走访时间": "occurred_at", "录入": "occurred_at", "备注": "", "别的": ""}
    assert loading._doubled("visit", columns) == {"走访时间": ["走访时间", "录入"]}
    assert loading._doubled("visit", {"走访时间": "occurred_at"}) == {}


def test_findings_are_gathered_by_kind_with_the_name_of_the_column() -> None:
    file = FileReport("/x/走访.csv", "一月", "visit")
    file.findings = [
        Finding("W110", "category", 1, 9, "甲", "visit"),
        Finding("E102", "occurred_at", 2, 7, "昨天", "visit"),
        Finding("E102", "occurred_at", 1, 3, "前天", "visit"),
        Finding("E211", "satisfied+rated", 1, 4, None, "activity"),
    ]
    whole = Finding("W402", "occurred_at", 9, None, "2025-01-03", "visit")
    kinds = LoadReport(1, [file], findings=[whole]).kinds()
    assert [kind.check_id for kind in kinds] == ["E102", "E211", "W110", "W402"]
    first = kinds[0]
    assert (first.where, first.label, first.first_row) == ("走访.csv 一月", "走访时间", 3)
    assert (first.occurrences, first.examples) == (3, ("昨天", "前天"))
    assert kinds[1].label == "满意数、评价数"
    assert kinds[3].where == ""
