"""How fast files come in: bare DuckDB, this loader, pandas with pandera, dlt, on the same file.

    python -m benchmarks.ingest --rows 1000000          (needs requirements-bench.txt)
    python -m benchmarks.ingest --rows 1000000 --only bare,loader,gb18030,xlsx,day

Every contender runs in a process of its own; time is wall time of its work without the start of
Python and imports, CPU time is that of the process, memory its peak. Prints Markdown.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb

__all__: list[str] = []

_HEADERS = (
    "走访编号", "走访时间", "结束时间", "录入时间", "走访人", "所属网格", "户", "走访对象",
    "对象类别", "方式", "是否见面", "事由", "需求类别", "需求期限", "需求办结时间", "走访内容",
)  # fmt: skip
_SQL = """
COPY (
    WITH r AS (
        SELECT i, TIMESTAMP '2025-01-01' + to_days(CAST($days AS INTEGER))
            + to_seconds(i * $span // $rows) AS moment
        FROM range($rows) AS t(i)
    )
    SELECT 'V' || lpad(CAST(i + $first AS VARCHAR), 10, '0') AS c0,
        strftime(moment, '%Y-%m-%d %H:%M:%S') AS c1,
        strftime(moment + to_minutes(12), '%Y-%m-%d %H:%M:%S') AS c2,
        strftime(moment + to_hours(3), '%Y-%m-%d %H:%M:%S') AS c3,
        '格格' || i % 138 AS c4, 'WG-' || i % 127 AS c5,
        '东山路' || hash(i) % 9190 || '号' AS c6, '居民' || hash(i + 1) % 23903 AS c7,
        ['独居老人', '残疾人', '低保户', '普通居民'][i % 4 + 1] AS c8,
        ['上门', '上门', '电话'][i % 3 + 1] AS c9,
        CASE WHEN i % 4 = 0 THEN '否' ELSE '是' END AS c10,
        '日常走访' AS c11, CASE WHEN i % 12 = 0 THEN '医疗' END AS c12,
        CASE WHEN i % 12 = 0 THEN strftime(moment + to_days(7), '%Y-%m-%d') END AS c13,
        CASE WHEN i % 24 = 0 THEN strftime(moment + to_days(3), '%Y-%m-%d %H:%M:%S') END AS c14,
        '身体状况良好，家中整洁，' || ['无异常', '需跟进', '已提醒用火用电安全'][i % 3 + 1]
            || hash(i + 2) % 50000 AS c15
    FROM r
) TO '{path}' (HEADER false)
"""


def generate(path: Path, rows: int, first: int = 0, days: int = 0, span_days: int = 670) -> None:
    """Write `rows` clean visits as CSV in UTF-8, 216 bytes each or so."""
    body = path.with_suffix(".body")
    duckdb.execute(
        _SQL.replace("{path}", str(body)),
        {"rows": rows, "first": first, "span": span_days * 86_400, "days": days},
    )
    with path.open("wb") as writer, body.open("rb") as reader:
        writer.write((",".join(_HEADERS) + "\n").encode())
        shutil.copyfileobj(reader, writer, 1 << 22)
    body.unlink()


def bare(path: Path, work: Path) -> dict[str, float]:
    with duckdb.connect(str(work / "bare.duckdb")) as con:
        con.execute(f"CREATE TABLE visit AS SELECT * FROM read_csv('{path}', header = true)")
    return {}


def loader(path: Path, work: Path) -> dict[str, float]:
    """This loader; the time of the models (facts and marts) is told apart."""
    from etl import model
    from etl.load import load

    build, spent = model.build, [0.0, 0.0]

    def timed(*given: object) -> None:
        wall, cpu = time.monotonic(), time.process_time()
        build(*given)  # type: ignore[arg-type]
        spent[0] += time.monotonic() - wall
        spent[1] += time.process_time() - cpu

    model.build = timed  # type: ignore[assignment]
    report = load([path], work / "warehouse", table="visit")
    assert report.total("rejected") == 0, report
    return {"models": spent[0], "models_cpu": spent[1]}


def pandera(path: Path, work: Path) -> dict[str, float]:
    import pandas as pd
    import pandera.pandas as pa

    frame = pd.read_csv(path, dtype=str)
    for column in ("走访时间", "结束时间", "录入时间", "需求期限", "需求办结时间"):
        frame[column] = pd.to_datetime(frame[column], format="ISO8601")
    schema = pa.DataFrameSchema(
        {
            "走访编号": pa.Column(str, unique=True),
            "走访时间": pa.Column("datetime64[us]", coerce=True),
            "走访人": pa.Column(str),
            "所属网格": pa.Column(str),
            "方式": pa.Column(str, pa.Check.isin(["上门", "电话", "视频"])),
            "是否见面": pa.Column(str, pa.Check.isin(["是", "否"])),
        },
        checks=pa.Check(lambda rows: rows["结束时间"] >= rows["走访时间"]),
    )
    frame = schema.validate(frame, lazy=True)
    with duckdb.connect(str(work / "pandera.duckdb")) as con:
        con.register("frame", frame)
        con.execute("CREATE TABLE visit AS SELECT * FROM frame")
    return {}


def dlt(path: Path, work: Path) -> dict[str, float]:
    import dlt as dlt_
    import pandas as pd

    pipeline = dlt_.pipeline(
        "ingest", destination=dlt_.destinations.duckdb(str(work / "dlt.duckdb")),
        dataset_name="data", pipelines_dir=str(work / "dlt"),
    )  # fmt: skip
    # Its naming turns every Chinese header into "x" and then refuses the collision.
    names = [f"c{at}" for at in range(len(_HEADERS))]
    frames = pd.read_csv(path, chunksize=100_000, dtype=str, names=names, header=0)
    pipeline.run(dlt_.resource(frames, name="visit", primary_key="c0"), write_disposition="append")
    return {}


def calamine(path: Path, work: Path) -> dict[str, float]:
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return {}


def copy(path: Path, work: Path) -> dict[str, float]:
    from etl.copying import copy_file

    (current,) = (work / "warehouse").glob("gridgov-1.duckdb")
    copy_file(current, work / "copy.duckdb")
    return {}


_CONTENDERS: dict[str, Callable[[Path, Path], dict[str, float]]] = {
    "bare": bare,
    "loader": loader,
    "pandera": pandera,
    "dlt": dlt,
    "calamine": calamine,
    "copy": copy,
}


# What a contender imports, before its time begins.
_IMPORTS = {
    "loader": ("etl.load", "etl.model"),
    "pandera": ("pandas", "pandera.pandas"),
    "dlt": ("pandas", "dlt", "dlt.destinations"),
    "calamine": ("python_calamine",),
    "copy": ("etl.copying",),
}


def run(name: str, path: Path, work: Path) -> dict[str, float]:
    """Run one contender in a child: wall, cpu, peak MiB, and what it told itself."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "benchmarks.ingest", "--child", name, str(path), str(work),
         str(writer)],
        os.environ,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = pipe.read()
    _pid, status, used = os.wait4(child, 0)
    if status != 0:
        raise SystemExit(f"{name} failed with status {status}")
    return {**json.loads(told), "peak": used.ru_maxrss / 1024}


def _child(name: str, path: Path, work: Path, pipe: int) -> None:
    for module in _IMPORTS.get(name, ()):
        importlib.import_module(module)
    wall, cpu = time.monotonic(), time.process_time()
    told = _CONTENDERS[name](path, work)
    spent = {"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu}
    with os.fdopen(pipe, "w") as writer:
        json.dump({**told, **spent}, writer)


def _row(label: str, rows: int, got: dict[str, float], base: dict[str, float]) -> str:
    return (
        f"| {label} | {rows:,} | {got['wall']:.2f} | {got['cpu']:.2f} | "
        f"{rows / got['wall']:,.0f} | "
        f"{got['wall'] / base['wall']:.2f} | {got['cpu'] / base['cpu']:.2f} | {got['peak']:,.0f} |"
    )


def _without_models(got: dict[str, float]) -> dict[str, float]:
    return {**got, "wall": got["wall"] - got["models"], "cpu": got["cpu"] - got["models_cpu"]}


def campaign(rows: int, only: set[str], folder: Path) -> Iterator[str]:
    """All measurements for one size, as Markdown rows."""
    utf8 = folder / "visit.csv"
    generate(utf8, rows)
    base = run("bare", utf8, _fresh(folder))
    yield _row("bare DuckDB (typed CREATE TABLE AS read_csv)", rows, base, base)
    work = _fresh(folder)
    if only & {"loader", "day"}:
        got = run("loader", utf8, work)
        yield _row("this loader, without facts and marts", rows, _without_models(got), base)
        yield _row("this loader, facts and marts included", rows, got, base)
    if "day" in only:
        day = folder / "day.csv"
        generate(day, max(rows // 1000, 1), first=rows, days=670, span_days=1)
        copied = run("copy", day, work)
        got = run("loader", day, work)
        yield _row(f"one day's file onto {rows:,} rows, all in", rows // 1000, got, base)
        models = {**got, "wall": got["models"], "cpu": got["models_cpu"]}
        yield _row("… of which facts and marts", rows // 1000, models, base)
        yield _row("… of which copying the version", rows // 1000, copied, base)
    if "gb18030" in only:
        other = folder / "visit-gb18030.csv"
        other.write_bytes(utf8.read_bytes().decode().encode("gb18030"))
        got = run("loader", other, _fresh(folder))
        other.unlink()
        label = "this loader, GB18030, without facts and marts"
        yield _row(label, rows, _without_models(got), base)
    for name in ("pandera", "dlt"):
        if name in only:
            label = {"pandera": "pandas + pandera", "dlt": "dlt"}[name]
            yield _row(label, rows, run(name, utf8, _fresh(folder)), base)
    if "xlsx" in only:
        yield from _workbook(folder)


def _workbook(folder: Path) -> list[str]:
    import csv

    import xlsxwriter

    rows = 100_000
    source, path = folder / "small.csv", folder / "visit.xlsx"
    generate(source, rows)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book, source.open() as handle:
        sheet = book.add_worksheet("走访")
        for at, row in enumerate(csv.reader(handle)):
            for position, cell in enumerate(row):
                if cell:
                    sheet.write_string(at, position, cell)
    base = run("calamine", path, _fresh(folder))
    got = run("loader", path, _fresh(folder))
    return [
        _row("xlsx: calamine alone", rows, base, base),
        _row("xlsx: this loader, without facts and marts", rows, _without_models(got), base),
    ]


def _fresh(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="loader,gb18030,pandera,dlt,xlsx,day")
    parser.add_argument("--folder", type=Path, help="where to work; default a temporary folder")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gridgov-ingest-", dir=chosen.folder))
    try:
        _print_head()
        for line in campaign(chosen.rows, set(chosen.only.split(",")), folder):
            print(line, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _print_head() -> None:
    load = os.getloadavg()[0]
    print(
        f"{date.today()}, {os.cpu_count()} cores, {platform.machine()}, "
        f"DuckDB {duckdb.__version__}, load average {load:.1f}\n"
    )
    print("| what | rows | seconds | CPU s | rows/s | × base | × base CPU | peak MiB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")


if __name__ == "__main__":
    main()
