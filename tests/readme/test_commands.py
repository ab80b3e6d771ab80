"""What the README tells people to type works as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tools.serving import free_port

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = README.split("## 命令", 1)[1].split("## ", 1)[0]


def named_commands() -> list[tuple[str, ...]]:
    """(module, command[, sub-command]) of every command in the README's list."""
    block = re.search(r"```\n(.*?)```", COMMANDS, re.DOTALL)
    assert block
    found: list[tuple[str, ...]] = []
    for line in block[1].splitlines():
        module = ""
        for part in re.split(r"\s{3,}", line.strip()):
            words = part.split()
            if words[:2] == ["python", "-m"]:
                module, words = words[2], words[3:]
            if "|" in words[0]:
                found += [(module, name) for name in words[0].split("|")]
            elif len(words) > 1 and "|" in words[1] and re.fullmatch(r"[a-z|]+", words[1]):
                found += [(module, words[0], name) for name in words[1].split("|")]
            else:
                found.append((module, words[0]))
    return found


def test_the_list_is_read() -> None:
    assert ("etl", "load") in named_commands()
    assert ("gridgov", "awards", "run") in named_commands()
    assert ("gridgov", "purge") in named_commands()
    assert len(named_commands()) > 30


@pytest.mark.parametrize("words", named_commands(), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    module, *rest = words
    done = subprocess.run(
        [sys.executable, "-m", module, *rest, "--help"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout or "用法" in done.stdout


def test_a_wrong_call_is_one_line_and_status_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gridgov", "person"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this system")
def test_make_run_loads_the_sample_and_serves_it(tmp_path: Path) -> None:
    """`make run` on a machine without data: loads, prints the address, answers."""
    port = free_port()
    environment = {
        **os.environ,
        "GRIDGOV_WAREHOUSE": str(tmp_path / "warehouse"),
        "GRIDGOV_WORKSPACE": str(tmp_path / "workspace.sqlite"),
        "GRIDGOV_KEY_FILE": str(tmp_path / "key"),
        "PORT": str(port),
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
        try:
            _answers(f"http://127.0.0.1:{port}/healthz", process, log)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                page = answer.read().decode()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
    assert "格格看板" in page
    printed = log.read_text(encoding="utf-8", errors="replace")
    assert f"http://127.0.0.1:{port}" in printed
    assert (tmp_path / "warehouse" / "CURRENT").is_file()


def _answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(1)
    pytest.fail(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def test_every_link_in_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target
