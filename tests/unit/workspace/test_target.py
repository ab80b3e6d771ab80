from __future__ import annotations

import json
from math import inf, nan

import pytest
from sqlalchemy import Engine, func, select

from gridgov.errors import UsageError
from gridgov.workspace.audit import SYSTEM, Actor, entries, verify
from gridgov.workspace.dump import dump, load
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.tables import target
from gridgov.workspace.target import list_targets, remove_target, save_target


def _kept(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(target)).scalar_one())


def test_a_newer_target_replaces_the_older_which_stays(engine: Engine, actor: Actor) -> None:
    save_target(engine, actor, metric="SV1", value=0.9)
    save_target(engine, actor, metric="SV1", value=0.8, grid_id="g2", note="新网格\n先到八成")
    save_target(engine, actor, metric="SV1", value=0.95, note="街道要求")
    save_target(engine, SYSTEM, metric="C13", value=0)
    assert [
        (t.metric, t.grid_id, t.value, t.note, t.created_name) for t in list_targets(engine)
    ] == [
        ("C13", None, 0.0, "", ""),
        ("SV1", None, 0.95, "街道要求", "李书记"),
        ("SV1", "g2", 0.8, "新网格 先到八成", "李书记"),
    ]
    assert _kept(engine) == 4


def test_a_withdrawn_target_is_gone_and_written_down(engine: Engine, actor: Actor) -> None:
    key = save_target(engine, actor, metric="C3", value=0.9, grid_id="")
    assert list_targets(engine)[0].grid_id is None
    remove_target(engine, actor, key)
    assert list_targets(engine) == ()
    assert _kept(engine) == 1
    for wrong in (key, 99):
        with pytest.raises(UsageError, match=str(wrong)):
            remove_target(engine, actor, wrong)
    done = [entry for entry in entries(engine) if entry.action.startswith("target.")]
    assert sorted(entry.action for entry in done) == ["target.remove", "target.set"]
    (told,) = [json.loads(entry.detail) for entry in done if entry.action == "target.set"]
    assert told["value"] == 0.9
    assert verify(engine).ok


@pytest.mark.parametrize("value", [nan, inf, -0.1])
def test_what_is_no_target_is_refused(engine: Engine, actor: Actor, value: float) -> None:
    with pytest.raises(UsageError):
        save_target(engine, actor, metric="C3", value=value)
    with pytest.raises(UsageError):
        save_target(engine, actor, metric="C3", value=0.9, note="长" * 121)
    assert _kept(engine) == 0


def test_targets_travel_with_a_backup(
    engine: Engine, actor: Actor, other_postgres_url: str
) -> None:
    save_target(engine, actor, metric="C3", value=0.9)
    save_target(engine, actor, metric="C3", value=0.92)
    restored = open_workspace(other_postgres_url)
    load(restored, dump(engine))
    assert list_targets(restored) == list_targets(engine)
    assert _kept(restored) == 2
    save_target(restored, SYSTEM, metric="C3", value=0.93)
    assert list_targets(restored)[0].value == 0.93
    restored.dispose()
