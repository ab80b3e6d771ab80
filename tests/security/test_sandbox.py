"""The SQL sandbox under attack: every attack ends in a sentence, and the neighbours go on."""

from __future__ import annotations

import os
import re
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridgov.errors import QueryError
from gridgov.explore.limits import MIB, Limits
from gridgov.explore.sandbox import run_sql, warm_up
from gridgov.explore.sandbox_process import Cancel, Child, gate, spares
from tests.security.sandbox_attacks import (
    ATTACKS,
    DOCUMENT,
    SUMMARY_DOCUMENT,
    Attack,
    build_database,
    memory_or_time,
    summary,
    try_attack,
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    warm_up()
    yield build_database(tmp_path_factory.mktemp("copy") / "copy.duckdb")
    spares.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.group}: {attack.name}")
def test_attack_ends_as_declared(database: Path, attack: Attack) -> None:
    sentence, seconds, result = try_attack(database, attack)
    assert seconds < 40
    if attack.fate == "harmless":
        assert result is not None, sentence
        return
    assert result is None
    assert "\n" not in sentence and "Traceback" not in sentence
    assert str(database.parent) not in sentence and "/etc" not in sentence
    assert len(sentence) < 250
    if attack.group == "memory":
        assert memory_or_time(sentence), sentence
    else:
        assert attack.sentence in sentence


def test_no_child_ever_took_more_memory_than_its_ceiling(database: Path) -> None:
    with pytest.raises(QueryError):
        run_sql(database, "SELECT list(i) FROM range(1000000000) t(i)")
    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert kilobytes < (2 * 1024 + 512) * 1024


def test_every_attack_is_in_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [a.name for a in ATTACKS if f"| {a.group} | {a.name} | {a.fate} |" not in text]
    assert missing == [], "run: python -m tests.security.sandbox_attacks"
    assert summary() in SUMMARY_DOCUMENT.read_text(encoding="utf-8")


def test_every_layer_holds_here(database: Path) -> None:
    """CI runs on Linux: the optional layers must be there too, not only be attempted."""
    result = run_sql(database, "SELECT 1")
    assert set(result.hardening) == {
        "no_new_privileges",
        "system_calls_filtered",
        "unprivileged",
    }


def test_child_has_no_environment_no_files_and_an_empty_directory(tmp_path: Path) -> None:
    os.environ["GRIDGOV_TEST_SECRET"] = "do-not-inherit"
    leak = (tmp_path / "secret.txt").open("w")
    os.set_inheritable(leak.fileno(), True)
    child = Child(str(tmp_path))
    try:
        time.sleep(1.5)
        root = Path(f"/proc/{child.pid}")
        assert b"do-not-inherit" not in (root / "environ").read_bytes()
        targets = {str(entry.readlink()) for entry in (root / "fd").iterdir()}
        assert not any("secret.txt" in target for target in targets)
        assert os.getsid(child.pid) == child.pid
    finally:
        del os.environ["GRIDGOV_TEST_SECRET"]
        leak.close()
        child.kill("left over")
        child.close()


def test_child_killed_from_outside_is_said(database: Path) -> None:
    found: list[str] = []
    cancel = Cancel()

    def run() -> None:
        try:
            run_sql(database, "SELECT sum(i) FROM range(10000000000000) t(i)", cancel=cancel)
        except QueryError as error:
            found.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 10
    while cancel._child is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert cancel._child is not None
    time.sleep(0.3)
    os.kill(cancel._child.pid, 9)
    thread.join(10)
    assert found == [
        "查询用的内存太多或嵌套太深，查询进程已被系统中止；其他人不受影响，请缩小范围再试"
    ]


def test_damaged_database_is_said(tmp_path: Path, database: Path) -> None:
    noise = tmp_path / "noise.duckdb"
    noise.write_bytes(os.urandom(1 << 16))
    whole = database.read_bytes()
    torn = tmp_path / "torn.duckdb"
    torn.write_bytes(whole[:4096] + os.urandom(8192) + whole[12288:])
    for path in (noise, torn):
        with pytest.raises(QueryError) as caught:
            run_sql(path, "SELECT count(*) FROM fact_visit")
        assert "\n" not in str(caught.value) and str(tmp_path) not in str(caught.value)
    with pytest.raises(QueryError, match="还没有可供查询的数据副本"):
        run_sql(tmp_path / "absent.duckdb", "SELECT 1")


def test_large_cells_are_cut_by_bytes(database: Path) -> None:
    limits = Limits(result_bytes=8 * MIB)
    result = run_sql(database, "SELECT repeat('x', 10000) AS a FROM range(100000)", limits=limits)
    assert result.cut == "bytes" and result.truncated
    assert 0 < result.row_count < 1000
    assert result.table.nbytes <= 8 * MIB


def test_ten_bombs_of_one_person_leave_the_others_alone(database: Path) -> None:
    """Ten bombs at once; another person's query answers, and no thread of the server stalls."""
    bombs = [
        "SELECT sum(i) FROM range(10000000000000) t(i)",
        "SELECT list(i) FROM range(1000000000) t(i)",
    ] * 5
    ends: list[str] = []
    stop = threading.Event()
    stalls: list[float] = []

    def bomb(sql: str) -> None:
        limits = Limits(seconds=4, queue_seconds=6)
        with pytest.raises(QueryError) as caught:
            run_sql(database, sql, limits=limits, owner="attacker")
        ends.append(str(caught.value))

    def tick() -> None:
        while not stop.is_set():
            before = time.perf_counter()
            time.sleep(0.01)
            stalls.append(time.perf_counter() - before)

    threads = [threading.Thread(target=bomb, args=(sql,)) for sql in bombs]
    ticker = threading.Thread(target=tick)
    ticker.start()
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        answer = run_sql(database, "SELECT count(*) AS n FROM fact_visit", owner="analyst")
        taken.append(time.perf_counter() - started)
        assert answer.table.column("n").to_pylist() == [20000]
    stop.set()
    ticker.join()
    for thread in threads:
        thread.join(60)
    assert len(ends) == 10
    odd = [sentence for sentence in ends if not re.search("中止|还在运行", sentence)]
    assert odd == []
    assert sorted(taken)[2] < 3.0
    assert max(stalls) < 1.0


def test_ten_bombs_of_ten_people_still_let_one_through(database: Path) -> None:
    limits = Limits(seconds=4)

    def bomb(number: int) -> None:
        with pytest.raises(QueryError):
            sql = "SELECT sum(i) FROM range(10000000000000) t(i)"
            run_sql(database, sql, limits=limits, owner=f"p{number}")

    threads = [threading.Thread(target=bomb, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    result = run_sql(database, "SELECT 1 AS one", owner="analyst")
    assert result.table.to_pylist() == [{"one": 1}]
    for thread in threads:
        thread.join(60)


def test_full_house_is_said(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "places", 0)
    with pytest.raises(QueryError, match="正在运行的查询太多"):
        run_sql(database, "SELECT 1", limits=Limits(queue_seconds=0.2))
