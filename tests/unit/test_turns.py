"""Runs take turns: one at a time, in order, and a long one does not hold up the others."""

from __future__ import annotations

import threading
import time

import pytest

from gridgov.ui.turns import Turns


def _start(work: list[threading.Thread], target: object) -> None:
    thread = threading.Thread(target=target, daemon=True)  # type: ignore[arg-type]
    thread.start()
    work.append(thread)


def test_one_computes_at_a_time() -> None:
    turns, inside, most = Turns(quantum=60), 0, 0
    lock = threading.Lock()

    def run() -> None:
        nonlocal inside, most
        for _ in range(20):
            with turns.turn():
                with lock:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.0005)
                with lock:
                    inside -= 1

    work: list[threading.Thread] = []
    for _ in range(8):
        _start(work, run)
    for thread in work:
        thread.join(30)
        assert not thread.is_alive()
    assert most == 1


def test_first_come_first_served() -> None:
    turns, order = Turns(quantum=60), []
    work: list[threading.Thread] = []
    with turns.turn():
        for number in range(6):

            def run(number: int = number) -> None:
                with turns.turn():
                    order.append(number)

            _start(work, run)
            # Each stands in the queue before the next one comes.
            deadline = time.monotonic() + 10
            while len(turns._waiting) <= number and time.monotonic() < deadline:
                time.sleep(0.001)
    for thread in work:
        thread.join(10)
    assert order == list(range(6))


def test_a_long_run_is_not_waited_for_beyond_its_quantum() -> None:
    turns = Turns(quantum=0.05)
    leave, done = threading.Event(), threading.Event()
    work: list[threading.Thread] = []

    def long() -> None:
        with turns.turn():
            leave.wait(30)

    def short() -> None:
        with turns.turn():
            done.set()

    _start(work, long)
    while turns._holder is None:
        time.sleep(0.001)
    for _ in range(3):
        _start(work, short)
    assert done.wait(20)
    leave.set()
    for thread in work:
        thread.join(10)
        assert not thread.is_alive()
    # The long one's end does not free a turn that was no longer its own.
    with turns.turn():
        assert turns._holder is not None


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns(quantum=60)
    with pytest.raises(ValueError, match="broken"), turns.turn():
        raise ValueError("broken")
    with turns.turn():
        pass
