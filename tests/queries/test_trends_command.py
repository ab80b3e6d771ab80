"""`python -m gridgov signals`, as cron would call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from gridgov import formats
from gridgov.metrics import evaluate
from gridgov.warehouse import Warehouse
from tests.unit.trends.test_notify import robot
from tests.warehouses import sample_warehouse

ROOT = Path(__file__).resolve().parents[2]


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "GRIDGOV_WAREHOUSE": str(sample_warehouse()), **environment}
    return subprocess.run(
        [sys.executable, "-m", "gridgov", "signals", *words],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_json_names_series_and_signals() -> None:
    done = _run("--since", "2026-10-01", "--level", "社区", "--level", "一般", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["data_date"] == "2026-10-31"
    assert answer["series"] > 300
    assert {"metric", "grid_id", "state", "signal", "value", "lower", "upper"} <= set(
        answer["signals"][0]
    )
    states = [signal["state"] for signal in answer["signals"]]
    assert states == sorted(states, key=["worse", "changed", "better"].index)
    assert all(signal["seen_on"] >= "2026-10-01" for signal in answer["signals"])


def test_printed_list_and_webhook_say_the_same() -> None:
    with robot() as said:
        done = _run(
            "--since", "2026-10-01", "--level", "社区", "--metric", "sv1", "--metric", "C4",
            "--webhook", said.url, no_proxy="127.0.0.1", NO_PROXY="127.0.0.1",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "重点人员按期探访率" in done.stdout
    assert "已发送到 1 处" in done.stdout
    text = said.bodies[0]["markdown"]["content"]  # type: ignore[index]
    value = evaluate(
        Warehouse(sample_warehouse()).reader(), "SV1", date(2026, 10, 1), date(2026, 10, 31)
    )["value"].iloc[0]
    assert f"重点人员按期探访率 {formats.value(float(value), '%')}" in text
    assert text.startswith("### 东山社区：2026-10-01 以来")


def test_one_receiver_that_is_down_does_not_keep_the_news_from_the_others() -> None:
    with robot() as said:
        done = _run(
            "--since", "2026-10-01", "--level", "社区", "--metric", "SV1",
            "--webhook", "http://127.0.0.1:9/gone?key=secret", "--webhook", said.url,
            no_proxy="127.0.0.1", NO_PROXY="127.0.0.1",
        )  # fmt: skip
    assert done.returncode == 1
    assert len(said.bodies) == 1
    assert "连不上 127.0.0.1" in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert "secret" not in done.stderr


def test_wrong_calls_are_one_line_and_status_2() -> None:
    for words in (
        ("--since", "gestern"),
        ("--since", "2026-10-01", "--metric", "ZZ"),
        ("--since", "2026-10-01", "--level", "楼栋"),
        ("--since", "2026-10-01", "--mail", "a@example.org"),
    ):
        done = _run(*words, GRIDGOV_SMTP="")
        assert done.returncode == 2, (words, done.stderr)
        assert done.stderr.strip().count("\n") == 0
        assert "Traceback" not in done.stderr


def _gridgov(workspace: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "GRIDGOV_WAREHOUSE": str(sample_warehouse()),
        "GRIDGOV_WORKSPACE": str(workspace),
    }
    return subprocess.run(
        [sys.executable, "-m", "gridgov", *words],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_targets_by_command_and_in_the_signals(tmp_path: Path) -> None:
    workspace = tmp_path / "ws" / "workspace.sqlite"
    asked = ("signals", "--since", "2026-10-01", "--level", "社区", "--metric", "SV1")
    done = _gridgov(workspace, *asked, "--json")
    assert done.returncode == 0, done.stderr
    (signal,) = json.loads(done.stdout)["signals"]
    assert (signal["target"], signal["assurance"]) == (None, "")
    assert not workspace.exists(), "to print signals needs no workspace, and makes none"
    done = _gridgov(workspace, "target", "set", "sv1", "90%", "--note", "街道要求")
    assert (done.returncode, done.stdout.strip()) == (0, "目标 1：重点人员按期探访率 90.0%")
    assert "街道要求" in _gridgov(workspace, "target", "list").stdout
    (signal,) = json.loads(_gridgov(workspace, *asked, "--json").stdout)["signals"]
    assert (signal["target"], signal["assurance"]) == (0.9, "fail")
    assert "90.0% 稳定不达标" in _gridgov(workspace, *asked).stdout
    assert _gridgov(workspace, "target", "remove", "1").returncode == 0
    assert json.loads(_gridgov(workspace, "target", "list", "--json").stdout) == {"targets": []}


def test_a_broken_workspace_does_not_silence_the_signals(tmp_path: Path) -> None:
    broken = tmp_path / "workspace.sqlite"
    broken.write_bytes(b"this is no database" * 400)
    done = _gridgov(broken, "signals", "--since", "2026-10-01", "--level", "社区")
    assert done.returncode == 0
    assert "重点人员按期探访率" in done.stdout
    assert done.stderr.startswith("没有读到目标")
    assert done.stderr.strip().count("\n") == 0


def test_wrong_targets_are_one_line_and_status_2(tmp_path: Path) -> None:
    for words in (
        ("set", "C1", "3"), ("set", "SV1", "130"), ("set", "SV1", "viel"), ("set", "ZZ", "1"),
        ("set", "SV1", "90", "--grid", "nowhere"), ("remove", "7"),
    ):  # fmt: skip
        done = _gridgov(tmp_path / "workspace.sqlite", "target", *words)
        assert (done.returncode, done.stderr.strip().count("\n")) == (2, 0), words
