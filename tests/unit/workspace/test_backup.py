from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gridgov.awards.record import verify as check_record
from gridgov.errors import UsageError, WorkspaceError
from gridgov.settings import Settings
from gridgov.workspace.annotation import list_annotations
from gridgov.workspace.archive import AwardFolders, read_archive, write_archive
from gridgov.workspace.audit import SYSTEM, Actor, verify
from gridgov.workspace.dump import dump, load
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.session import create_session, hash_token, live_session
from gridgov.workspace.setting import server_key
from gridgov.workspace.user import add_user, list_users

ROOT = Path(__file__).resolve().parents[3]
RECORD = ROOT / "docs/example-record/2026H1"


def fill(engine: Engine, actor: Actor) -> None:
    from datetime import date, timedelta

    from gridgov.workspace.annotation import add_annotation
    from gridgov.workspace.engine import writing
    from gridgov.workspace.follow_up import add_follow_up

    for number in range(30):
        add_annotation(engine, actor, on_date=date(2026, 1, 1 + number), text=f"事件 {number}")
    add_follow_up(engine, actor, source_kind="x", source_key="y", title="t", owner="李")
    with writing(engine) as connection:
        create_session(
            connection, actor.user_id or 0, idle=timedelta(hours=1), absolute=timedelta(hours=1),
            source="", agent="",
        )  # fmt: skip


def warehouse_at(folder: Path) -> Path:
    warehouse = folder / "data" / "warehouse"
    (warehouse / "rejects").mkdir(parents=True)
    (warehouse / "CURRENT").write_text("gridgov-2.duckdb")
    (warehouse / "gridgov-1.duckdb").write_bytes(b"one")
    (warehouse / "gridgov-2.duckdb").write_bytes(os.urandom(300_000))
    (warehouse / "rejects" / "batch-1.csv").write_text("x")
    (warehouse / ".gridgov-3.duckdb").write_bytes(b"being built")
    (warehouse / "writer.lock").touch()
    return warehouse


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_dump_restores_into_either_database(
    engine: Engine, actor: Actor, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fill(engine, actor)
    lines = list(dump(engine))
    if target == "sqlite":
        url = f"sqlite:///{tmp_path / 'restored' / 'w.sqlite'}"
    else:
        url = request.getfixturevalue("other_postgres_url")
    restored = open_workspace(url)
    assert load(restored, lines) == len(lines) - 1
    assert list_users(restored) == list_users(engine)
    assert list_annotations(restored) == list_annotations(engine)
    assert verify(restored) == verify(engine)
    assert list(dump(restored)) == lines
    assert server_key(restored)
    # New rows count on after the restored ones, and nothing is restored over something.
    added = add_user(restored, SYSTEM, username="new", name="新", roles=["leader"])
    assert added.id > (actor.user_id or 0)
    with pytest.raises(WorkspaceError):
        load(restored, lines)
    restored.dispose()


def test_sessions_do_not_come_back(engine: Engine, actor: Actor, tmp_path: Path) -> None:
    fill(engine, actor)
    restored = open_workspace(f"sqlite:///{tmp_path / 'w.sqlite'}")
    load(restored, dump(engine))
    with restored.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM session").scalar_one() == 0
    assert live_session(restored, hash_token("x")) is None
    restored.dispose()


def test_a_dump_of_another_revision_is_refused(sqlite_url: str) -> None:
    engine = open_workspace(sqlite_url)
    with pytest.raises(WorkspaceError, match="9999"):
        load(engine, ['{"revision": "9999"}'])
    engine.dispose()


def test_backup_and_restore_give_the_same_bytes(
    engine: Engine, actor: Actor, tmp_path: Path
) -> None:
    fill(engine, actor)
    warehouse, key = warehouse_at(tmp_path), tmp_path / "data" / "pseudonym.key"
    key.write_text("k" * 64)
    out = tmp_path / "backups" / "b.tar.gz"
    made = write_archive(out, warehouse, engine, key)
    assert made.files == 4 and stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in out.parent.iterdir()] == ["b.tar.gz"]

    place = tmp_path / "elsewhere" / "data"
    settings = Settings(
        warehouse=place / "warehouse", key_file=place / "pseudonym.key",
        workspace_url=f"sqlite:///{place / 'workspace' / 'workspace.sqlite'}",
    )  # fmt: skip
    assert read_archive(out, settings, settings.warehouse, replace=False) == made
    for name in ("CURRENT", "gridgov-1.duckdb", "gridgov-2.duckdb", "rejects/batch-1.csv"):
        assert (settings.warehouse / name).read_bytes() == (warehouse / name).read_bytes()
    assert not (settings.warehouse / ".gridgov-3.duckdb").exists()
    assert settings.key_file.read_text() == key.read_text()
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    restored = open_workspace(settings.workspace_url)
    assert list(dump(restored)) == list(dump(engine))
    restored.dispose()
    with pytest.raises(UsageError, match="--replace"):
        read_archive(out, settings, settings.warehouse, replace=False)
    assert read_archive(out, settings, settings.warehouse, replace=True) == made
    kept = sorted(path.name.split(".before-")[0] for path in place.glob("*.before-*"))
    assert kept == ["pseudonym.key", "warehouse"]
    assert not list(place.glob(".restore-*"))


def awards_at(folder: Path) -> AwardFolders:
    """A record (a real one, so that it can be verified) and two schemes, one in people's words."""
    found = AwardFolders(folder / "awards", folder / "schemes")
    shutil.copytree(RECORD, found.records / "2026H1" / "run-1")
    (found.records / "2026H1" / ".run-2.part").mkdir()
    (found.records / "2026H1" / ".run-2.part" / "scheme.toml").write_text("being written")
    found.schemes.mkdir(parents=True)
    for name in ("2026H1.toml", "2026年下半年（试行）.toml"):
        (found.schemes / name).write_text(name, encoding="utf-8")
    return found


def test_records_and_schemes_come_back_and_a_record_still_verifies(
    sqlite_url: str, tmp_path: Path
) -> None:
    engine = open_workspace(sqlite_url)
    awards, out = awards_at(tmp_path / "data"), tmp_path / "b.tar.gz"
    made = write_archive(out, warehouse_at(tmp_path), engine, tmp_path / "none.key", awards)
    engine.dispose()
    listed = [path for path in RECORD.rglob("*") if path.is_file()]
    assert made.awards == len(listed) + 2

    place = tmp_path / "elsewhere"
    settings = Settings(
        warehouse=place / "warehouse", key_file=place / "k",
        workspace_url=f"sqlite:///{place / 'w.sqlite'}",
    )  # fmt: skip
    there = AwardFolders(place / "awards", place / "schemes")
    there.schemes.mkdir(parents=True)
    (there.schemes / "2026H1.toml").write_text("2026H1.toml")
    assert read_archive(out, settings, settings.warehouse, replace=False, awards=there) == made
    assert check_record(there.records / "2026H1" / "run-1").files == len(listed) - 1
    assert not list(there.records.rglob(".*"))
    assert stat.S_IMODE(there.records.stat().st_mode) == 0o700
    assert sorted(p.name for p in there.schemes.iterdir()) == sorted(
        p.name for p in awards.schemes.iterdir()
    )
    # One scheme that has changed since, and a record more: both stay beside what comes back.
    (there.schemes / "2026H1.toml").write_text("changed")
    (there.records / "2026H1" / "run-2").mkdir()
    with pytest.raises(UsageError, match="--replace"):
        read_archive(out, settings, settings.warehouse, replace=False, awards=there)
    assert read_archive(out, settings, settings.warehouse, replace=True, awards=there) == made
    assert (there.schemes / "2026H1.toml").read_text() == "2026H1.toml"
    (kept,) = there.schemes.glob("2026H1.toml.before-*")
    assert kept.read_text() == "changed"
    assert [p.name for p in (there.records / "2026H1").iterdir()] == ["run-1"]
    assert (next(place.glob("awards.before-*")) / "2026H1" / "run-2").is_dir()


def test_an_archive_of_the_first_format_still_restores(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_workspace(sqlite_url)
    new = tmp_path / "new.tar.gz"
    made = write_archive(new, warehouse_at(tmp_path), engine, tmp_path / "none.key")
    engine.dispose()
    with tarfile.open(new) as archive:
        manifest = (archive.extractfile("manifest.json") or io.BytesIO()).read()
    old = repacked(
        new, tmp_path / "old.tar.gz",
        {"manifest.json": manifest.replace(b'"format": 2', b'"format": 1')},
    )  # fmt: skip
    place = tmp_path / "p"
    settings = Settings(
        warehouse=place / "warehouse", key_file=place / "k",
        workspace_url=f"sqlite:///{place / 'w.sqlite'}",
    )  # fmt: skip
    there = awards_at(tmp_path / "data2")
    found = read_archive(old, settings, settings.warehouse, replace=False, awards=there)
    assert found == made and (there.records / "2026H1" / "run-1").exists()


def repacked(source: Path, target: Path, change: dict[str, bytes | None]) -> Path:
    """The archive with some members replaced (bytes), dropped (None) or added."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        members = {m.name: (old.extractfile(m) or io.BytesIO()).read() for m in old}
        for name, content in {**members, **change}.items():
            if content is not None:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    "change",
    [
        {"warehouse/gridgov-1.duckdb": b"other"},
        {"warehouse/gridgov-1.duckdb": None},
        {"warehouse/extra.duckdb": b"x"},
        {"manifest.json": None},
        {"workspace.jsonl": b'{"revision": "0001"}\n\n'},
        {"../evil": b"x"},
        {"warehouse/../../evil": b"x"},
        {"/tmp/gridgov-evil": b"x"},
        {"warehouse/.hidden": b"x"},
        {"records/../../evil": b"x"},
        {"records/2026H1/.hidden": b"x"},
        {"schemes/a\\..\\evil": b"x"},
        {"schemes/extra.toml": b"x"},
    ],
)
def test_a_changed_archive_puts_nothing_in_place(
    sqlite_url: str, tmp_path: Path, change: dict[str, bytes | None]
) -> None:
    engine = open_workspace(sqlite_url)
    good = tmp_path / "good.tar.gz"
    write_archive(good, warehouse_at(tmp_path), engine, tmp_path / "none.key")
    engine.dispose()
    bad = repacked(good, tmp_path / "bad.tar.gz", change)
    place = tmp_path / "p" / "data"
    settings = Settings(
        warehouse=place / "warehouse", key_file=place / "k",
        workspace_url=f"sqlite:///{place / 'w.sqlite'}",
    )  # fmt: skip
    with pytest.raises(WorkspaceError):
        read_archive(bad, settings, settings.warehouse, replace=False)
    assert not list(place.iterdir())
    assert not list(tmp_path.rglob("evil")) and not Path("/tmp/gridgov-evil").exists()


def test_a_cut_or_absent_archive_is_a_sentence(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_workspace(sqlite_url)
    good = tmp_path / "good.tar.gz"
    write_archive(good, warehouse_at(tmp_path), engine, tmp_path / "none.key")
    engine.dispose()
    good.write_bytes(good.read_bytes()[:-5000])
    settings = Settings(warehouse=tmp_path / "w")
    with pytest.raises(WorkspaceError):
        read_archive(good, settings, settings.warehouse, replace=False)
    with pytest.raises(UsageError):
        read_archive(tmp_path / "absent", settings, settings.warehouse, replace=False)


def command(folder: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """Run `python -m gridgov …` in `folder`; returns status and everything printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRIDGOV_")}
    done = subprocess.run(
        [sys.executable, "-m", "gridgov", *words], cwd=folder, input=typed, text=True,
        capture_output=True, timeout=120,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_the_commands_from_first_user_to_restore(tmp_path: Path) -> None:
    warehouse_at(tmp_path)
    add = ("user", "add", "admin", "--role", "administrator", "--password-stdin")
    assert command(tmp_path, *add, typed="short\n")[0] == 2
    assert command(tmp_path, "user", "add", "x", "--role", "king")[0] == 2
    assert command(tmp_path, *add, typed="a good long pass\n")[0] == 0
    assert command(tmp_path, *add, typed="a good long pass\n")[0] == 2
    grids = ("--grid", "g1", "--grid", "g2", "--role", "supervisor,clerk")
    named = ("--no-password", "--name", "张[red]三\x1b[31m")
    assert command(tmp_path, "user", "add", "zhang", *grids, *named)[0] == 0
    status, shown = command(tmp_path, "user", "list")
    assert status == 0 and "张[red]三[31m" in shown and "g1、g2" in shown and "\x1b" not in shown
    assert command(tmp_path, "user", "roles", "zhang", "--all-grids")[0] == 0
    assert command(tmp_path, "user", "password", "nobody", "--password-stdin")[0] == 2
    assert command(tmp_path, "user", "disable", "zhang")[0] == 0
    assert "停用" in command(tmp_path, "user", "list")[1]
    status, shown = command(tmp_path, "backup", "b.tar.gz")
    assert status == 0 and "4" in shown
    assert command(tmp_path, "restore", "b.tar.gz")[0] == 2
    assert command(tmp_path, "restore", "b.tar.gz", "--replace")[0] == 0
    status, shown = command(tmp_path, "audit", "verify")
    assert status == 0
    noted = shown.split()[-1]
    assert command(tmp_path, "audit", "verify", "--expect", noted)[0] == 0
    assert command(tmp_path, "audit", "verify", "--expect", f"1:{'0' * 64}")[0] == 1
    assert "user.disable" in command(tmp_path, "audit", "search", "--action", "user")[1]
    assert command(tmp_path, "audit", "search", "--since", "yesterday")[0] == 2
    assert command(tmp_path, "audit", "purge", "--before", "2099-01-01")[0] == 2
    assert command(tmp_path, "audit", "export", "log.csv")[0] == 0
    exported = (tmp_path / "log.csv").read_bytes()
    assert exported.startswith(b"\xef\xbb\xbf") and exported.count(b"\n") == 7
