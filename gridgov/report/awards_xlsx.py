"""The whole table as xlsx, with live formulas: whoever doubts a sum can see and change it."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from gridgov.awards.evaluate import STATUS, Evaluation, TrackResult
from gridgov.awards.explain import REASONS
from gridgov.awards.score import MISSING

__all__ = ["score_workbook"]

_LEAD = ("姓名", "网格", "参评", "户数", "负荷比")
_FIRST = 3  # first row of candidates, below title, header and weights
_STATE = {"selected": "入选", "pending": "待定", "no": "未入选"}


def score_workbook(evaluation: Evaluation, run_id: str, *, mark: str = "") -> bytes:
    """One sheet a track with points, weights and formulas; one with what was left out; one that
    says what the file is. `mark`: watermark of a copy that somebody takes away."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    day = evaluation.frozen.data_date or evaluation.scheme.period.end
    book.set_properties({"title": evaluation.scheme.name, "created": datetime.combine(day, time())})
    style = _styles(book)
    for result in evaluation.tracks:
        _write_track(book, style, evaluation, result)
    _write_left_out(book, style, evaluation)
    _write_about(book, style, evaluation, run_id, mark)
    if mark:
        for sheet in book.worksheets():
            # "&" begins a code in a footer.
            sheet.set_footer("&C&8" + mark.replace("&", "&&"))
    book.close()
    return buffer.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "Noto Sans SC", "font_size": 10}
    return {
        "text": book.add_format(base),
        "head": book.add_format(
            {**base, "bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        ),
        "title": book.add_format({**base, "bold": True, "font_size": 13}),
        "points": book.add_format({**base, "num_format": "0.00"}),
        "total": book.add_format({**base, "num_format": "0.00", "bold": True, "left": 1}),
        "percent": book.add_format({**base, "num_format": "0%"}),
        "whole": book.add_format({**base, "num_format": "0"}),
    }


def _write_track(
    book: Any, style: dict[str, Any], evaluation: Evaluation, result: TrackResult
) -> None:
    """Points of each indicator, then what each contributes (formula), then the sum (formula)."""
    sheet = book.add_worksheet(result.track.name[:31])
    indicators = result.track.indicators
    width, first = len(indicators), len(_LEAD)
    sheet.write_string(0, 0, f"{evaluation.scheme.name}　{result.track.name}", style["title"])
    heads = [
        *_LEAD, *(f"{ind.name}（得分）" for ind in indicators),
        *(f"{ind.name}（计入）" for ind in indicators), "加分", "扣分", "总分",
        *(f"{tier.name}：把握" for tier in evaluation.scheme.tiers),
        *(f"{tier.name}：结果" for tier in evaluation.scheme.tiers),
    ]  # fmt: skip
    for column, text in enumerate(heads):
        sheet.write_string(1, column, text, style["head"])
    sheet.write_string(2, first - 1, "权重", style["text"])
    for column, indicator in enumerate(indicators):
        sheet.write_number(2, first + column, indicator.weight / 100, style["points"])
    for offset, row in enumerate(_by_total(result)):
        _write_candidate(sheet, style, evaluation, result, row, _FIRST + offset)
    sheet.freeze_panes(_FIRST, 2)
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, first + 2 * width + 8, 9)


def _by_total(result: TrackResult) -> list[int]:
    place = result.order.place
    return sorted(
        range(len(result.workers)), key=lambda i: (place[i] == 0, int(place[i]), result.workers[i])
    )


def _write_candidate(
    sheet: Any,
    style: dict[str, Any],
    evaluation: Evaluation,
    result: TrackResult,
    row: int,
    line: int,
) -> None:
    person, scores = result.candidate[row], result.scores
    first, width = len(_LEAD), len(result.track.indicators)
    sheet.write_string(line, 0, person["name"], style["text"])
    sheet.write_string(line, 1, person["grid_name"], style["text"])
    sheet.write_string(line, 2, STATUS[str(result.status[row])], style["text"])
    sheet.write_number(line, 3, round(person["households"]), style["whole"])
    if person["load"] == person["load"]:
        sheet.write_number(line, 4, person["load"], style["points"])
    span = f"{xl_col_to_name(first)}{line + 1}:{xl_col_to_name(first + width - 1)}{line + 1}"
    weights = f"${xl_col_to_name(first)}$3:${xl_col_to_name(first + width - 1)}$3"
    for column in range(width):
        if scores.state[row, column] != MISSING:
            sheet.write_number(
                line, first + column, scores.points[row, column] / 100, style["points"]
            )
        cell = xl_rowcol_to_cell(line, first + column)
        weight = xl_rowcol_to_cell(2, first + column, row_abs=True)
        # An empty cell is a missing exposure: its weight goes to the others in proportion.
        # Whole hundredths inside: a sum that ends in exactly half a hundredth must not hang on
        # how a spreadsheet keeps 56.22.
        present = f'SUMPRODUCT(({span}<>"")*{weights})'
        formula = f'=IF({cell}="",0,ROUND(ROUND({cell}*100,0)*{weight}/{present},0)/100)'
        value = scores.contribution[row, column] / 100
        sheet.write_formula(line, first + width + column, formula, style["points"], value)
    start = first + 2 * width
    sheet.write_number(line, start, scores.bonus[row] / 100, style["points"])
    sheet.write_number(line, start + 1, scores.deduction[row] / 100, style["points"])
    left, right = xl_col_to_name(first + width), xl_col_to_name(first + 2 * width - 1)
    parts = f"{left}{line + 1}:{right}{line + 1}"
    bonus, deduction = xl_rowcol_to_cell(line, start), xl_rowcol_to_cell(line, start + 1)
    total = f"=SUM({parts})+{bonus}-{deduction}"
    sheet.write_formula(line, start + 2, total, style["total"], scores.total[row] / 100)
    tiers = len(evaluation.scheme.tiers)
    for column in range(tiers):
        chance = float(result.certainty.top[row, column])
        sheet.write_number(line, start + 3 + column, chance, style["percent"])
        state = _STATE[str(result.state[row, column])]
        sheet.write_string(line, start + 3 + tiers + column, state, style["text"])


def _write_left_out(book: Any, style: dict[str, Any], evaluation: Evaluation) -> None:
    sheet = book.add_worksheet("未计入的记录")
    for column, text in enumerate(("赛道", "姓名", "指标", "原因", "条数")):
        sheet.write_string(0, column, text, style["head"])
    names = {
        person["worker_id"]: person["name"]
        for result in evaluation.tracks
        for person in result.candidate
    }
    line = 1
    for row in evaluation.credited.left_out.to_pylist():
        if row["worker_id"] in names:
            cells = (
                row["track"],
                names[row["worker_id"]],
                row["component"],
                REASONS[row["reason"]],
            )
            for column, text in enumerate(cells):
                sheet.write_string(line, column, text, style["text"])
            sheet.write_number(line, 4, row["events"], style["whole"])
            line += 1
    sheet.set_column(0, 3, 18)


def _write_about(
    book: Any, style: dict[str, Any], evaluation: Evaluation, run_id: str, mark: str
) -> None:
    sheet = book.add_worksheet("说明")
    frozen, scheme = evaluation.frozen, evaluation.scheme
    lines = (
        ("记录编号", run_id),
        ("方案", scheme.name),
        ("方案校验值", scheme.hash),
        ("数据版本", str(frozen.data_version)),
        ("数据截至", str(frozen.data_date)),
        ("空格", "没有应做事项，权重分给其余各项"),
        ("计入", "得分 × 权重 ÷ 有数据的权重之和，四舍五入到两位"),
        ("总分", "各项计入之和 + 加分 − 扣分"),
        *((("水印", mark),) if mark else ()),
    )
    for row, (label, text) in enumerate(lines):
        sheet.write_string(row, 0, label, style["head"])
        sheet.write_string(row, 1, text, style["text"])
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 70)
