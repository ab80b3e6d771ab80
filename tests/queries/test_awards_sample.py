"""The sample's half-year: what was planted is found, and what is committed can be made again."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from etl.sample.planted import PLANTED
from gridgov.awards.calibrate import calibrate
from gridgov.awards.evaluate import Evaluation, evaluate
from gridgov.awards.flags import FLAGS
from gridgov.awards.inputs import freeze
from gridgov.awards.period import parse_period
from gridgov.awards.record import load, reevaluate, verify
from gridgov.awards.results import result_tables
from gridgov.awards.scheme_file import read_scheme
from gridgov.cli.awards import app
from gridgov.warehouse import Warehouse
from tests.warehouses import sample_warehouse

ROOT = Path(__file__).resolve().parents[2]
SCHEME = ROOT / "data/schemes/2026H1.toml"
RECORD = ROOT / "docs/example-record/2026H1"
MICRO = "微网实格员"
REMAKE = "the sample or the method has changed: run python tools/make_awards.py"


@pytest.fixture(scope="module")
def run() -> Evaluation:
    reader = Warehouse(sample_warehouse()).reader()
    return evaluate(read_scheme(SCHEME), freeze(reader, read_scheme(SCHEME), data_version=1))


def raised(run: Evaluation) -> dict[str, set[str]]:
    """Grid of each worker with a raised flag (information apart) → the flags."""
    grids = {p["worker_id"]: p["grid_name"] for r in run.tracks for p in r.candidate}
    found: dict[str, set[str]] = {}
    for row in run.flagged.flag.to_pylist():
        if row["raised"] and not FLAGS[row["flag"]].information:
            found.setdefault(grids[row["worker_id"]], set()).add(row["flag"])
    return found


def test_all_three_who_invented_visits_are_flagged_and_few_others(run: Evaluation) -> None:
    planted = {f"{general}-{micro:02d}微网格" for general, micro in PLANTED.fabricators}
    found = raised(run)
    caught = {grid for grid in found if any(grid.endswith(name) for name in planted)}
    assert len(caught) == 3
    for grid in caught:
        assert found[grid] >= {"G1", "G2", "G3", "G5", "G7"}
    honest = set(found) - caught
    people = sum(len(result.workers) for result in run.tracks) - 3
    assert len(honest) <= 0.1 * people
    assert all(len(found[grid]) == 1 for grid in honest)


def test_the_committed_record_verifies() -> None:
    assert verify(RECORD).rows > 50_000


def test_the_committed_record_is_that_of_the_sample(run: Evaluation) -> None:
    record = load(RECORD)
    for name, table in result_tables(run).items():
        again = record.results[name]
        # On another processor the last digits of a floating-point figure may differ.
        for column in table.column_names:
            if pa.types.is_floating(table[column].type):
                left, right = (part[column].to_numpy() for part in (table, again))
                np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)
                table, again = (part.drop_columns(column) for part in (table, again))
        assert rows_apart_from_due_numbers(table) == rows_apart_from_due_numbers(again), (
            f"{name}: {REMAKE}"
        )


def rows_apart_from_due_numbers(table: pa.Table) -> list[str]:
    """The rows without the numbers of due contacts, which follow the residents' pseudonyms.

    Pseudonyms come from the key of a warehouse, and every machine has a key of its own. Where no
    such number stands the rows are left in their order.
    """
    if "event_id" not in table.column_names:
        return [str(row) for row in table.to_pylist()]
    told = []
    for row in table.to_pylist():
        if str(row["event_id"]).isdecimal():
            row["event_id"] = "due contact"
        told.append(str(row))
    return sorted(told)


def test_the_committed_scheme_is_what_calibration_gives() -> None:
    reader = Warehouse(sample_warehouse()).reader()
    found = calibrate(reader, read_scheme(SCHEME), parse_period("2026H1"))
    assert found.text == SCHEME.read_text(encoding="utf-8"), REMAKE
    assert {code for _track, code, _why in found.remarks} <= {
        i.code for t in found.scheme.tracks for i in t.indicators
    }


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_awards", ROOT / "tools/make_awards.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_document_shows_the_record_s_figures() -> None:
    record = load(RECORD)
    made = _script().document(reevaluate(record), record.id)
    assert made == (ROOT / "docs/awards.md").read_text(encoding="utf-8"), REMAKE


def test_what_the_committee_is_shown_agrees_with_the_metric(run: Evaluation) -> None:
    """SV1 of the awards over all general grids is the dictionary's SV1 of the half-year: the same
    contacts due, and made, less what the awards leave out."""
    reader = Warehouse(sample_warehouse()).reader()
    due, made = reader.rows(
        "SELECT count(*), count(*) FILTER (WHERE is_contacted) FROM fact_contact_period "
        "WHERE is_complete AND period_end BETWEEN $start AND $end",
        start=run.scheme.period.start,
        end=run.scheme.period.end,
    )[0]
    result = run.track("一般网格员")
    assert result.measures.exposure[:, 0].sum() == pytest.approx(due)
    assert 0.97 * made <= result.measures.observed[:, 0].sum() <= made


def test_the_commands_from_end_to_end(tmp_path: Path) -> None:
    def call(*words: str | Path) -> str:
        done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    warehouse = sample_warehouse()
    one, two = tmp_path / "1", tmp_path / "2"
    call("run", "--scheme", SCHEME, "--period", "2026H1", "--out", one, "--warehouse", warehouse)
    assert "核验通过" in call("verify", one)
    folder = tmp_path / "entries"
    folder.mkdir()
    worker = load(one).results["candidate"].column("worker_id").to_pylist()[-1]
    (folder / "bonuses.csv").write_text(
        f"worker_id,points,reason,by\n{worker},2,救火,甲\n", "utf-8"
    )
    call("run", "-s", SCHEME, "-p", "2026H1", "-o", two, "--warehouse", warehouse,
         "--committee", folder, "--after", one)  # fmt: skip
    told = call("diff", one, two)
    assert "加分：新增 1 项" in told and worker in told
    call("report", one, "--out", tmp_path / "a.pdf")
    call("report", one, "--out", tmp_path / "a.xlsx")
    call("callbacks", one, "--out", tmp_path / "calls.csv")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "calls.csv").read_text("utf-8-sig").startswith("worker_id,event_key")


def test_ahp_from_a_table(tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text(",探访,需求,诉求\n探访,1,2,4\n需求,1/2,1,2\n诉求,1/4,1/2,1\n", "utf-8-sig")
    done = CliRunner().invoke(app, ["ahp", str(good)])
    assert done.exit_code == 0 and "探访\t57.14" in done.output
    bad = tmp_path / "bad.csv"
    bad.write_text(",a,b,c\na,1,9,1/9\nb,1/9,1,9\nc,9,1/9,1\n", "utf-8")
    done = CliRunner().invoke(app, ["ahp", str(bad)])
    assert done.exit_code != 0 and "一致性比率" in str(done.exception)
