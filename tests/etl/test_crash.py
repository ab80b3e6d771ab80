"""Point 8: whatever happens to a load, what is published stays whole and the next load works."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from etl import load as loading
from etl.load import load
from etl.store import Store
from gridgov.errors import DataFileError, WarehouseBusy, WarehouseError
from tests.etl.conftest import table, visit, write_visits

ROOT = Path(__file__).parents[2]
COUNT = "SELECT count(*) FROM visit"


def _run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )  # type: ignore[call-overload,no-any-return]


def test_fifty_kills_leave_a_whole_version_and_the_next_load_works() -> None:
    done = _run("tools.kill_loads", "--times", "50", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.match(r"50 kills: \d+ left the old version, \d+ the new one, 0 anything", done.stdout)


def test_a_second_writer_is_turned_away_and_a_reader_is_not(
    warehouse: Path, tmp_path: Path
) -> None:
    load([write_visits(tmp_path / "a.csv", visit("V1"))], warehouse, table="visit")
    store = Store(warehouse)
    with store.writer():
        other = _run("etl", "load", str(tmp_path / "a.csv"), "--warehouse", str(warehouse))
        assert other.returncode == 4
        assert str(os.getpid()) in other.stderr
        assert other.stderr.count("\n") == 1
        assert table(warehouse, COUNT) == [(1,)]
    assert (
        _run("etl", "load", str(tmp_path / "a.csv"), "--warehouse", str(warehouse)).returncode == 0
    )


def test_two_threads_of_one_process_exclude_each_other(warehouse: Path) -> None:
    with Store(warehouse).writer(), pytest.raises(WarehouseBusy), Store(warehouse).writer():
        pass


def test_leftovers_of_a_dead_writer_are_swept(warehouse: Path, tmp_path: Path) -> None:
    load([write_visits(tmp_path / "a.csv", visit("V1"))], warehouse, table="visit")
    left = warehouse / ".building-2"
    left.mkdir()
    (left / "version.duckdb").write_bytes(b"half")
    (warehouse / ".CURRENT.new").write_text("gridgov-2.duckdb")
    (warehouse / "gridgov-2.duckdb").write_bytes(b"never in force")
    report = load([write_visits(tmp_path / "b.csv", visit("V2"))], warehouse, table="visit")
    assert report.version == 3
    assert not list(warehouse.glob(".building-*"))
    assert table(warehouse, COUNT) == [(2,)]


def test_a_full_disk_is_one_line_and_hurts_nothing(warehouse: Path, tmp_path: Path) -> None:
    load([write_visits(tmp_path / "a.csv", visit("V1"))], warehouse, table="visit")
    path = write_visits(
        tmp_path / "b.csv",
        *(visit(f"W{at}", 走访内容=os.urandom(400).hex()) for at in range(30_000)),
    )
    # No file may grow beyond what the published version already needs, as on a full disk.
    limit = (warehouse / "gridgov-1.duckdb").stat().st_size + 1_000_000
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}));"
        "from etl.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "load", str(path), "--table", "visit",
         "--warehouse", str(warehouse)],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 1
    assert "磁盘" in done.stderr
    assert "Traceback" not in done.stderr
    assert table(warehouse, COUNT) == [(1,)]
    assert load([path], warehouse, table="visit").version == 2
    assert table(warehouse, COUNT) == [(30_001,)]


def test_too_little_memory_is_one_line_that_names_the_setting(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([write_visits(tmp_path / "a.csv", visit("V1"))], warehouse, table="visit")
    path = write_visits(tmp_path / "b.csv", *(visit(f"W{at}") for at in range(3_000)))
    monkeypatch.setenv("GRIDGOV_LOAD_MEMORY_MB", "4")
    with pytest.raises(WarehouseError, match="GRIDGOV_LOAD_MEMORY_MB"):
        load([path], warehouse, table="visit")
    monkeypatch.delenv("GRIDGOV_LOAD_MEMORY_MB")
    assert table(warehouse, COUNT) == [(1,)]
    assert load([path], warehouse, table="visit").version == 2


def test_a_file_that_changes_while_it_is_read_is_refused(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_visits(tmp_path / "a.csv", visit("V1"))
    true_load = loading.SheetLoader.load

    def load_and_touch(self: object, *given: object) -> object:
        report = true_load(self, *given)  # type: ignore[arg-type]
        write_visits(path, visit("V1"), visit("V2"))
        return report

    monkeypatch.setattr(loading.SheetLoader, "load", load_and_touch)
    with pytest.raises(DataFileError, match="被改动"):
        load([path], warehouse, table="visit")
    assert not (warehouse / "CURRENT").exists()


def test_ctrl_c_cancels_in_one_line(warehouse: Path, tmp_path: Path) -> None:
    path = write_visits(tmp_path / "a.csv", *(visit(f"V{at}") for at in range(200_000)))
    child = subprocess.Popen(
        [sys.executable, "-m", "etl", "load", str(path), "--table", "visit",
         "--warehouse", str(warehouse)],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
        # A run in the background ignores Ctrl-C, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(warehouse.glob(".building-*/version.duckdb")) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _out, err = child.communicate(timeout=120)
    assert child.returncode == 1
    assert "已取消" in err
    assert "Traceback" not in err
    assert not (warehouse / "CURRENT").exists()
    assert not list(warehouse.glob(".building-*"))


def test_readers_never_see_an_error_while_loads_go_on(warehouse: Path, tmp_path: Path) -> None:
    load([write_visits(tmp_path / "0.csv", visit("V0"))], warehouse, table="visit")
    seen: list[int] = []
    faults: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                ((rows,),) = table(warehouse, COUNT)
                seen.append(int(str(rows)))
            except Exception as error:
                faults.append(repr(error))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 4):
        load(
            [write_visits(tmp_path / f"{number}.csv", visit(f"V{number}"))],
            warehouse,
            table="visit",
        )
    stop.set()
    reader.join()
    assert faults == []
    assert seen == sorted(seen)
    assert seen[-1] >= 3


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WarehouseError, match="不能写入"):
        load([write_visits(tmp_path / "a.csv", visit("V1"))], tmp_path / "file" / "warehouse")
