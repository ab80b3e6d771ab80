"""The record of a run: a folder that anyone can check and recompute.

    scheme.toml                 as published
    inputs/*.parquet            frozen tables of the warehouse
    committee/*.parquet         what people entered
    results/*.parquet           scores, places, bands, flags, …
    manifest.json               hashes, row counts, versions, seeds; its own seal

Nothing in it depends on the clock, the number of threads or the order of loading. A correction
makes the next run; a folder is never written twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gridgov import __version__
from gridgov.awards.committee import Committee
from gridgov.awards.credit import cut_off
from gridgov.awards.evaluate import Evaluation, evaluate
from gridgov.awards.inputs import Frozen
from gridgov.awards.results import result_tables
from gridgov.awards.scheme_file import parse_scheme
from gridgov.errors import RecordError
from gridgov.locale import _

__all__ = ["Origin", "Record", "Verified", "load", "reevaluate", "run_id", "verify", "write"]

FORMAT = 1
_LIBRARIES = ("numpy", "scipy", "pyarrow", "duckdb", "rapidfuzz")
MANIFEST = "manifest.json"
# Another processor adds up in another order: the last digits of a floating-point number may differ.
_SAME_NUMBER = 1e-9
_HASHES = ("files", "inputs_hash", "committee_hash", "results_hash", "run_id", "seal")


@dataclass(frozen=True)
class Origin:
    """What a run knows and a recomputation cannot find out: data, number, what came before."""

    data_version: int
    data_date: str
    run: int = 1
    previous: str = ""
    code_version: str = __version__
    libraries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A record read back. `manifest` as stored; tables by name."""

    folder: Path
    manifest: Mapping[str, Any]
    scheme_text: str
    inputs: Mapping[str, pa.Table] = field(repr=False)
    committee: Committee = field(repr=False)
    results: Mapping[str, pa.Table] = field(repr=False)

    @property
    def run(self) -> int:
        return int(self.manifest["run"])

    @property
    def id(self) -> str:
        return str(self.manifest["run_id"])


@dataclass(frozen=True)
class Verified:
    """What `verify` found. `same_libraries` False: contents are equal, made by other versions.

    `close` names the files whose floating-point figures differ in their last digits.
    """

    files: int
    rows: int
    same_libraries: bool
    close: tuple[str, ...] = ()


def write(
    folder: Path, evaluation: Evaluation, *, previous: Record | None = None
) -> dict[str, Any]:
    """Write a record into `folder`, which must not exist or be empty; gives the manifest.

    The folder appears whole or not at all. Raises `RecordError`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RecordError(
            _(
                "{folder} 里已有内容，记录不能覆盖；请换一个文件夹，或用 --after 另做一次",
                folder=folder,
            )
        )
    frozen = evaluation.frozen
    origin = Origin(
        data_version=frozen.data_version,
        data_date=frozen.data_date.isoformat() if frozen.data_date else "",
        run=previous.run + 1 if previous else 1,
        previous=str(previous.manifest["seal"]) if previous else "",
        libraries=_libraries(),
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".record-") as made:
        inner = Path(made) / "record"
        manifest = _compose(inner, evaluation, origin)
        if folder.exists():
            folder.rmdir()
        inner.rename(folder)
    return manifest


def load(folder: Path) -> Record:
    """Read a record without recomputing it. Raises `RecordError` where a part is missing."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed = list(manifest["files"])
        tables = {
            name: pq.read_table(folder / name) for name in listed if name.endswith(".parquet")
        }
        text = (folder / "scheme.toml").read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise RecordError(
            _("{folder} 不是完整的评选记录：{why}", folder=folder, why=_one_line(error))
        ) from error
    return Record(
        folder,
        manifest,
        text,
        _inside(tables, "inputs"),
        Committee.from_tables(_inside(tables, "committee")),
        _inside(tables, "results"),
    )


def reevaluate(
    record: Record, committee: Committee | None = None, *, threads: int = 2
) -> Evaluation:
    """Compute a record's evaluation anew from its frozen inputs, with its own or other entries."""
    # A run may have been given another seed or number of draws than its scheme names.
    plan = parse_scheme(record.scheme_text, "scheme.toml")
    scheme = replace(plan, seed=int(record.manifest["seed"]), draws=int(record.manifest["draws"]))
    day = str(record.manifest["data_date"])
    frozen = Frozen(record.inputs, int(record.manifest["data_version"]), _date(day))
    return evaluate(scheme, frozen, committee or record.committee, threads=threads)


def verify(folder: Path, *, threads: int = 2) -> Verified:
    """Check every hash, recompute from the frozen inputs, compare every byte.

    Raises `RecordError` naming the first file that differs. Where the record was made with other
    library versions, whose Parquet files may differ in form, or on another processor, whose
    last digits may differ, contents are compared instead: floating-point numbers to a part in 10⁹,
    everything else (marks and order among them, which are whole numbers and decimals) exactly.
    """
    manifest = _checked_manifest(folder)
    _check_files(folder, manifest)
    record = load(folder)
    origin = Origin(
        data_version=manifest["data_version"],
        data_date=manifest["data_date"],
        run=manifest["run"],
        previous=manifest["previous"],
        code_version=manifest["code_version"],
        libraries=manifest["libraries"],
    )
    same = dict(manifest["libraries"]) == _libraries()
    close: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gridgov-verify-") as made:
        again = Path(made) / "record"
        _compose(again, reevaluate(record, threads=threads), origin)
        # The manifest comes last: its hashes differ along with the files.
        for name in [*manifest["files"], MANIFEST]:
            if (folder / name).read_bytes() == (again / name).read_bytes():
                continue
            may_differ = not same or name.startswith("results/") or bool(close)
            if not may_differ or not _equal_content(folder / name, again / name):
                raise RecordError(
                    _("重算结果与记录不符：{name}。请保留原件，查明是谁在何时改动", name=name)
                )
            if name != MANIFEST:
                close.append(name)
    rows = sum(item["rows"] for item in manifest["files"].values())
    return Verified(len(manifest["files"]), rows, same, tuple(close))


def run_id(period: str, run: int, results_hash: str) -> str:
    """A short name for a run: 2026H1-1-3f9a2c71."""
    return f"{period}-{run}-{results_hash[:8]}"


def _compose(folder: Path, evaluation: Evaluation, origin: Origin) -> dict[str, Any]:
    """Write all files and the manifest; gives the manifest."""
    parts: dict[str, pa.Table] = {}
    for room, tables in (
        ("inputs", evaluation.frozen.tables),
        ("committee", evaluation.committee.tables()),
        ("results", result_tables(evaluation)),
    ):
        parts |= {f"{room}/{name}.parquet": table for name, table in sorted(tables.items())}
    (folder / "inputs").mkdir(parents=True)
    (folder / "committee").mkdir()
    (folder / "results").mkdir()
    _put(folder / "scheme.toml", evaluation.scheme.text.encode())
    files = {"scheme.toml": _described(folder / "scheme.toml", 0)}
    for name, table in parts.items():
        _write_parquet(table, folder / name)
        files[name] = _described(folder / name, len(table))
    manifest = _manifest(evaluation, origin, files)
    _put(folder / MANIFEST, _dump(manifest))
    return manifest


def _manifest(
    evaluation: Evaluation, origin: Origin, files: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    scheme = evaluation.scheme
    results = _hash_of(files, "results/")
    plain: dict[str, Any] = {
        "format": FORMAT,
        "run_id": run_id(scheme.period.code, origin.run, results),
        "run": origin.run,
        "previous": origin.previous,
        "period": scheme.period.code,
        "scheme_name": scheme.name,
        "scheme_hash": scheme.hash,
        "data_version": origin.data_version,
        "data_date": origin.data_date,
        "cut_off": cut_off(scheme).isoformat(sep=" "),
        "seed": scheme.seed,
        "draws": scheme.draws,
        "code_version": origin.code_version,
        "libraries": dict(origin.libraries),
        "inputs_hash": _hash_of(files, "inputs/"),
        "committee_hash": _hash_of(files, "committee/"),
        "results_hash": results,
        "files": dict(files),
    }
    return {**plain, "seal": hashlib.sha256(_dump(plain)).hexdigest()}


def _checked_manifest(folder: Path) -> dict[str, Any]:
    try:
        raw = (folder / MANIFEST).read_bytes()
        manifest: dict[str, Any] = json.loads(raw)
        seal = manifest.pop("seal")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise RecordError(
            _("{folder} 的 manifest.json 读不出来：{why}", folder=folder, why=_one_line(error))
        ) from error
    if (
        hashlib.sha256(_dump(manifest)).hexdigest() != seal
        or _dump({**manifest, "seal": seal}) != raw
    ):
        raise RecordError(_("manifest.json 被改动过，封签不符"))
    return manifest


def _check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    listed = manifest["files"]
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    } - {MANIFEST}
    for name in sorted(set(listed) - there):
        raise RecordError(_("记录缺少文件 {name}", name=name))
    for name in sorted(there - set(listed)):
        raise RecordError(_("记录里多出文件 {name}，请移走", name=name))
    for name, item in listed.items():
        if _sha256(folder / name) != item["sha256"]:
            raise RecordError(_("文件 {name} 被改动过，与 manifest.json 的校验值不符", name=name))


def _write_parquet(table: pa.Table, path: Path) -> None:
    """Fixed options, one row group, no metadata: the same rows give the same bytes."""
    plain = table.combine_chunks().replace_schema_metadata(None)
    pq.write_table(
        plain,
        path,
        compression="zstd",
        compression_level=9,
        version="2.6",
        use_dictionary=True,
        write_statistics=False,
        store_schema=False,
        row_group_size=max(len(plain), 1),
    )
    path.chmod(0o600)


def _put(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read: a record names people and their marks."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)


def _described(path: Path, rows: int) -> dict[str, Any]:
    return {"rows": rows, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash_of(files: Mapping[str, Mapping[str, Any]], room: str) -> str:
    lines = [
        f"{name} {item['sha256']}" for name, item in sorted(files.items()) if name.startswith(room)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _libraries() -> dict[str, str]:
    found = {name: version(name) for name in _LIBRARIES}
    return {**found, "python": platform.python_version()}


def _dump(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def _inside(tables: Mapping[str, pa.Table], room: str) -> dict[str, pa.Table]:
    return {Path(name).stem: table for name, table in tables.items() if name.startswith(f"{room}/")}


def _equal_content(one: Path, other: Path) -> bool:
    """Equal up to the form of the file and the last digits of floating-point numbers."""
    if one.name == MANIFEST:
        plain = [json.loads(path.read_bytes()) for path in (one, other)]
        kept = [{key: part[key] for key in part if key not in _HASHES} for part in plain]
        return bool(kept[0] == kept[1])
    if one.suffix != ".parquet":
        return False
    left, right = pq.read_table(one), pq.read_table(other)
    return left.schema.equals(right.schema) and all(
        _equal_column(left[name], right[name]) for name in left.column_names
    )


def _equal_column(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    if not pa.types.is_floating(one.type):
        return bool(one.equals(other))
    if not one.is_null().equals(other.is_null()):
        return False
    left, right = one.to_numpy(), other.to_numpy()
    return bool(np.allclose(left, right, rtol=_SAME_NUMBER, atol=_SAME_NUMBER, equal_nan=True))


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
