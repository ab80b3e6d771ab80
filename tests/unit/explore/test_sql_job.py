"""A job that outlives the run of a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gridgov.errors import QueryError
from gridgov.explore.limits import Limits
from gridgov.explore.sandbox_job import SqlJob
from gridgov.explore.sandbox_process import spares
from gridgov.locale import set_language

ENDLESS = "SELECT sum(i) FROM range(10000000000000) t(i)"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("copy") / "copy.duckdb"
    duckdb.connect(str(path)).close()
    yield path
    spares.close()


def test_job_runs_to_its_result(database: Path) -> None:
    job = SqlJob(database, "SELECT 1 AS one")
    assert job.poll() == "new" and job.elapsed_seconds == 0.0
    assert job.start() is job.start()
    assert job.wait(20) == "done"
    assert job.result().table.to_pylist() == [{"one": 1}]
    first = job.elapsed_seconds
    time.sleep(0.05)
    assert job.elapsed_seconds == first > 0
    job.cancel()
    assert job.poll() == "done"


def test_cancel_kills_at_once(database: Path) -> None:
    job = SqlJob(database, ENDLESS).start()
    time.sleep(1.0)
    assert job.poll() == "running" and job.elapsed_seconds > 0.5
    started = time.perf_counter()
    job.cancel()
    assert job.wait(10) == "cancelled"
    assert time.perf_counter() - started < 2.0
    with pytest.raises(QueryError, match=r"^已取消$"):
        job.result()


def test_cancel_before_the_start(database: Path) -> None:
    job = SqlJob(database, "SELECT 1")
    job.cancel()
    assert job.start().poll() == "cancelled"
    with pytest.raises(QueryError, match=r"^已取消$"):
        job.result()


def test_cancel_while_waiting_for_a_place(database: Path) -> None:
    running = [SqlJob(database, ENDLESS, owner="one").start() for _ in range(2)]
    time.sleep(0.5)
    third = SqlJob(database, "SELECT 1", owner="one").start()
    time.sleep(0.5)
    assert third.poll() == "running"
    third.cancel()
    assert third.wait(5) == "cancelled"
    for job in running:
        job.cancel()
        assert job.wait(10) == "cancelled"


def test_failure_reaches_the_page_in_its_language(database: Path) -> None:
    set_language("en")
    try:
        job = SqlJob(database, "SELECT 1; SELECT 2").start()
    finally:
        set_language("zh_CN")
    assert job.wait(20) == "failed"
    with pytest.raises(QueryError, match="One statement at a time"):
        job.result()


def test_deadline_is_said(database: Path) -> None:
    job = SqlJob(database, ENDLESS, limits=Limits(seconds=1.0)).start()
    assert job.wait(20) == "failed"
    with pytest.raises(QueryError, match="查询超过 1 秒，已中止"):
        job.result()


def test_many_threads_may_ask_one_job(database: Path) -> None:
    job = SqlJob(database, "SELECT 42 AS n")
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(job.result().table.to_pylist()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [[{"n": 42}]] * 8
