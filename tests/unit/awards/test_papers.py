"""Papers: the right words on them, the wrong ones not, and formulas that give the sums."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import datetime
from fractions import Fraction
from functools import partial
from getpass import getuser
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from PIL import Image
from pypdf import PdfReader
from typer.testing import CliRunner

from gridgov.awards.evaluate import Evaluation
from gridgov.awards.record import load, reevaluate, verify
from gridgov.cli.awards import app
from gridgov.report.awards import committee_report, report_data
from gridgov.report.awards_notice import notice_data, notice_paper
from gridgov.report.awards_sheet import sheet_data, sheet_papers
from gridgov.report.awards_words import mark_words
from gridgov.report.awards_xlsx import score_workbook
from gridgov.report.pdf import render_pages, render_pdf
from tests.unit.awards import town

RECORD = Path(__file__).resolve().parents[3] / "docs/example-record/2026H1"
RUN = "2026H1-1-test"


@pytest.fixture(scope="module")
def example() -> Evaluation:
    return reevaluate(load(RECORD))


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_the_report_has_its_chapters_names_and_versions(example: Evaluation) -> None:
    pdf = committee_report(example, RUN)
    assert pdf == committee_report(example, RUN), "the same evaluation must give the same bytes"
    text = text_of(pdf)
    for words in (
        "一、依据与数据",
        "三、排序结果",
        "八、签署",
        "数据截至2026年10月31日",
        RUN,
        "评委会报告",
    ):
        assert words in text, words
    for result in example.tracks:
        for row in range(len(result.workers)):
            if result.eligible[row]:
                assert result.candidate[row]["name"] in text
    fonts = {
        str(font["/BaseFont"])
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in (ref.get_object() for ref in page["/Resources"]["/Font"].values())
    }
    assert all("NotoSerifCJKsc" in name or "NotoSansCJKsc" in name for name in fonts)


def test_unreliable_scores_print_no_places(example: Evaluation) -> None:
    data = report_data(example, RUN)
    for track, result in zip(data["tracks"], example.tracks, strict=True):
        reliable = result.certainty.reliability[result.eligible].min() >= 0.7
        assert track["header"][0] == ("名次" if reliable else "区间")
        if not reliable:
            assert all("–" in row[0] for row in track["rows"])


def test_the_report_lists_everyone_in_doubt(example: Evaluation) -> None:
    data = report_data(example, RUN)
    for track, result in zip(data["tracks"], example.tracks, strict=True):
        waiting = int((result.state == "pending").sum())
        assert len(track["decide"]) == waiting


def test_flags_are_printed_with_the_three_who_invented_first(example: Evaluation) -> None:
    rows = report_data(example, RUN)["flags"]
    assert [row[1][-7:] for row in rows[:3]] == ["2-04微网格", "5-07微网格", "9-03微网格"]


def test_a_sheet_is_one_page_and_adds_up(example: Evaluation) -> None:
    result = example.track(town.MICRO)
    chosen = [w for w, ok in zip(result.workers, result.eligible, strict=True) if ok][:3]
    pdf = sheet_papers(example, RUN, chosen)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == len(chosen)
    for one in sheet_data(example, RUN, chosen)["sheets"]:
        parts = [
            float(row[5].replace("−", "-")) for row in one["lines"][:-1] if row[5] not in ("—", "")
        ]
        assert sum(parts) == pytest.approx(float(one["lines"][-1][5]), abs=1e-9)
        gaps = [float(row[6].replace("−", "-")) for row in one["lines"]]
        assert sum(gaps[:-1]) == pytest.approx(gaps[-1], abs=1e-9)


def test_a_notice_betrays_neither_score_nor_place(example: Evaluation) -> None:
    data = notice_data(example, RUN, "东山社区")
    assert data["subtitle"].startswith("草稿")
    text = text_of(notice_paper(example, RUN, unit="东山社区"))
    assert not re.search(r"\d+\.\d\d", text)
    for word in ("总分", "名次", "把握", "得分"):
        assert word not in text
    for part in data["parts"]:
        grids = [row[2] for row in part["rows"]]
        assert len(set(grids)) == len(grids)


def test_whoever_is_still_under_review_is_not_on_the_notice(example: Evaluation) -> None:
    under_review = {
        result.candidate[row]["name"]
        for result in example.tracks
        for row in range(len(result.workers))
        if "flag" in result.review[row] and (result.state[row] == "selected").any()
    }
    assert under_review, "the example must have such a case"
    listed = {row[1] for part in notice_data(example, RUN, "")["parts"] for row in part["rows"]}
    assert not listed & under_review


def test_names_cannot_command_the_typesetter() -> None:
    """What a template language would take for a command is printed as it is."""
    evil = '#panic("x") $a$ *b* \\ @c <d> [e]'
    data: dict[str, Any] = {
        "title": evil, "subtitle": "", "foot": evil, "opening": [evil],
        "parts": [{"title": evil, "rows": [["1", evil, evil]]}], "closing": [evil],
        "signature": evil, "date": "",
    }  # fmt: skip
    text = text_of(render_pdf("awards_notice", data, made_at=datetime(2026, 10, 31)))
    assert re.sub(r"\s", "", evil) in text


def test_pages_can_be_looked_at(example: Evaluation) -> None:
    data = notice_data(example, RUN, "")
    pages = render_pages("awards_notice", data, made_at=datetime(2026, 10, 31), ppi=40)
    assert len(pages) >= 1 and pages[0].startswith(b"\x89PNG")


def test_the_workbook_shows_the_sum_by_formulas(example: Evaluation) -> None:
    raw = score_workbook(example, RUN)
    formulas, values = (
        openpyxl.load_workbook(io.BytesIO(raw), data_only=flag) for flag in (False, True)
    )
    result = example.track(town.MICRO)
    live, cached = formulas[town.MICRO], values[town.MICRO]
    heads = [cell.value for cell in live[2]]
    total, width = heads.index("总分"), len(result.track.indicators)
    first = heads.index(f"{result.track.indicators[0].name}（得分）")
    weights = [live.cell(3, first + 1 + i).value for i in range(width)]
    assert sum(weights) == pytest.approx(100)
    seen = 0
    for line in range(4, live.max_row + 1):
        points = [live.cell(line, first + 1 + i).value for i in range(width)]
        parts = [cached.cell(line, first + 1 + width + i).value for i in range(width)]
        present = sum(w for w, p in zip(weights, points, strict=True) if p is not None)
        for point, weight, part in zip(points, weights, parts, strict=True):
            # what the formula says: hundredths · weight / present, rounded half up
            exact = Fraction(round((point or 0) * 100)) * Fraction(weight) / Fraction(present)
            assert part == pytest.approx(floor(exact + Fraction(1, 2)) / 100, abs=1e-9)
        assert str(live.cell(line, total + 1).value).startswith("=SUM(")
        assert "ROUND(" in str(live.cell(line, first + 1 + width).value)
        extra = cached.cell(line, total - 1).value - cached.cell(line, total).value
        assert cached.cell(line, total + 1).value == pytest.approx(sum(parts) + extra, abs=1e-9)
        seen += 1
    assert seen == len(result.workers)


MARK = mark_words("张三&李四", datetime(2026, 7, 3, 9, 5))


def pdf_words(pdf: bytes, *options: str) -> list[str]:
    """Text of each page as poppler's pdftotext sees it: what a reader can search and copy."""
    program = shutil.which("pdftotext")
    assert program is not None, "pdftotext is missing: apt-get install poppler-utils"
    done = subprocess.run(
        [program, *options, "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    )
    pages = done.stdout.decode("utf-8").split("\f")[:-1]
    return [re.sub(r"\s", "", page) for page in pages]


def test_a_copy_says_on_every_page_who_took_it_and_when(example: Evaluation) -> None:
    told = re.sub(r"\s", "", MARK)
    assert "张三&李四于2026年7月3日09:05下载" in told
    chosen = [example.tracks[0].workers[0], example.tracks[1].workers[0]]
    for make in (
        partial(committee_report, example, RUN),
        partial(sheet_papers, example, RUN, chosen),
    ):
        pages = pdf_words(make(mark=MARK))
        assert len(pages) >= 2 and all(told in page for page in pages)
        assert not any("下载" in page for page in pdf_words(make()))


def test_the_mark_is_dark_enough_for_a_printer_and_moves_nothing(example: Evaluation) -> None:
    chosen = [example.tracks[0].workers[0]]
    data = sheet_data(example, RUN, chosen)
    at = datetime(2026, 7, 3)
    (plain, *_rest), (marked, *_more) = (
        render_pages("awards_sheet", {**data, "mark": mark}, made_at=at, ppi=150)
        for mark in ("", MARK)
    )
    one, two = (np.asarray(Image.open(io.BytesIO(png)).convert("L")) for png in (plain, marked))
    changed = np.argwhere(one != two)
    assert changed[:, 0].min() > 0.93 * len(one), "the mark stands in the bottom margin alone"
    assert two[changed[:, 0].min() : changed[:, 0].max()].min() < 128


def test_the_public_notice_carries_no_name_of_who_took_it(example: Evaluation) -> None:
    assert "mark" not in notice_data(example, RUN, "")


def test_the_workbook_carries_the_mark_in_foot_and_notes(example: Evaluation) -> None:
    book = openpyxl.load_workbook(io.BytesIO(score_workbook(example, RUN, mark=MARK)))
    assert all(sheet.oddFooter.center.text == MARK.replace("&", "&&") for sheet in book.worksheets)
    assert MARK in [row[1] for row in book["说明"].iter_rows(values_only=True)]


def test_the_record_itself_knows_nothing_of_copies(tmp_path: Path) -> None:
    """Papers are made from the record, not kept in it: taking a marked copy leaves it whole."""
    record = shutil.copytree(RECORD, tmp_path / "record")
    out = tmp_path / "copy.pdf"
    done = CliRunner().invoke(app, ["report", str(record), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"{getuser()}于" in pdf_words(out.read_bytes())[0]
    assert verify(record).rows > 50_000
