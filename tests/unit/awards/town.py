"""A small town for the award tests: frozen tables built from short rows, and synthetic counts.

Two general grids (G1, G2), micro-grids M1 and M2 under G1 and M3 under G2, one worker each
(W-G1, …, W-M3), all in post since 2024.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gridgov.awards.inputs import Frozen
from gridgov.awards.scheme import Scheme, Track
from gridgov.awards.scheme_file import read_scheme
from gridgov.awards.score import Measures

SCHEME_FILE = Path(__file__).resolve().parents[3] / "data/schemes/2026H1.toml"
MICRO, GENERAL = "微网实格员", "一般网格员"
START, END = date(2026, 1, 1), date(2026, 6, 30)

_SCHEMAS: dict[str, dict[str, pa.DataType]] = {
    "holding": {
        "track": pa.string(), "grid_id": pa.string(), "worker_id": pa.string(),
        "valid_from": pa.date32(), "valid_to": pa.date32(), "holders": pa.int32(),
    },
    "beneath": {"track": pa.string(), "held_grid_id": pa.string(), "grid_id": pa.string()},
    "grid": {
        "grid_id": pa.string(), "name": pa.string(), "level": pa.string(), "kind": pa.string(),
        "general_id": pa.string(), "general_name": pa.string(), "stratum_id": pa.string(),
        "stratum_name": pa.string(),
    },
    "stock": {"grid_id": pa.string(), "month": pa.date32(), "households": pa.int64()},
    "worker": {
        "worker_id": pa.string(), "name": pa.string(), "kind": pa.string(),
        "capacity": pa.int32(), "first_day": pa.date32(), "leave_days": pa.int32(),
    },
    "due": {
        "due_no": pa.int32(), "person": pa.int64(), "grid_id": pa.string(), "tier": pa.string(),
        "period_start": pa.date32(), "period_end": pa.date32(),
    },
    "visit": {
        "visit_id": pa.string(), "on_date": pa.date32(), "occurred_at": pa.timestamp("us"),
        "ended_at": pa.timestamp("us"), "entered_at": pa.timestamp("us"), "grid_id": pa.string(),
        "workers": pa.string(), "household": pa.int64(), "person": pa.int64(), "met": pa.bool_(),
        "mode": pa.string(), "purpose": pa.string(), "has_need": pa.bool_(),
        "need_due": pa.date32(), "need_closed_at": pa.timestamp("us"), "building": pa.string(),
        "is_occupied": pa.bool_(), "is_declared": pa.bool_(), "note_length": pa.int32(),
        "note_key": pa.int64(), "alike": pa.int32(), "alike_to": pa.string(),
    },
    "visit_worker": {"visit_id": pa.string(), "worker_id": pa.string(), "named": pa.int32()},
    "activity": {
        "activity_id": pa.string(), "on_date": pa.date32(), "started_at": pa.timestamp("us"),
        "grid_id": pa.string(), "pillar": pa.string(), "type": pa.string(), "name": pa.string(),
        "worker_id": pa.string(), "named": pa.int32(),
    },
    "complaint": {
        "complaint_id": pa.string(), "on_date": pa.date32(), "created_at": pa.timestamp("us"),
        "closed_at": pa.timestamp("us"), "due_on": pa.date32(), "grid_id": pa.string(),
        "worker_id": pa.string(), "category": pa.string(), "source": pa.string(),
        "found_by": pa.string(), "household": pa.int64(), "in_scope": pa.bool_(),
        "called_back": pa.bool_(), "resolved": pa.bool_(), "satisfied": pa.string(),
        "is_on_time": pa.bool_(), "is_repeat": pa.bool_(),
    },
}  # fmt: skip


def scheme() -> Scheme:
    """The committed default scheme."""
    return read_scheme(SCHEME_FILE)


def visit(number: int, workers: Iterable[str], **given: Any) -> dict[str, Any]:
    """A visit with its named workers under `names`; ten in the morning, entered at once."""
    day = given.pop("on_date", date(2026, 3, 2))
    at = given.pop("occurred_at", datetime.combine(day, datetime.min.time()) + timedelta(hours=10))
    names = sorted(workers)
    return {
        "visit_id": f"V{number:05d}", "on_date": day, "occurred_at": at,
        "ended_at": at + timedelta(minutes=12), "entered_at": at + timedelta(hours=1),
        "grid_id": "M1", "workers": "、".join(names), "household": number, "person": None,
        "met": True, "mode": "上门", "purpose": "日常走访", "has_need": False, "need_due": None,
        "need_closed_at": None, "building": "1", "is_occupied": True, "is_declared": False,
        "note_length": 0, "note_key": None, "alike": 0, "alike_to": None, "names": names, **given,
    }  # fmt: skip


def due(number: int, grid: str = "M1", **given: Any) -> dict[str, Any]:
    """A monthly contact of March due with person `number`."""
    return {
        "due_no": number, "person": number, "grid_id": grid, "tier": "每月",
        "period_start": date(2026, 3, 1), "period_end": date(2026, 3, 31), **given,
    }  # fmt: skip


def complaint(number: int, grid: str = "M1", **given: Any) -> dict[str, Any]:
    """A complaint of 3 March, closed on time, called back, solved, satisfied."""
    day = given.pop("on_date", date(2026, 3, 3))
    at = datetime.combine(day, datetime.min.time()) + timedelta(hours=9)
    return {
        "complaint_id": f"C{number:05d}", "on_date": day, "created_at": at,
        "closed_at": at + timedelta(days=1), "due_on": day + timedelta(days=5), "grid_id": grid,
        "worker_id": f"W-{grid}", "category": "物业", "source": "12345", "found_by": "居民",
        "household": 9000 + number, "in_scope": True, "called_back": True, "resolved": True,
        "satisfied": "满意", "is_on_time": True, "is_repeat": False, **given,
    }  # fmt: skip


def activity(
    number: int, workers: Iterable[str], pillar: str = "党建", **given: Any
) -> list[dict[str, Any]]:
    """An activity, a row an organiser."""
    day = given.pop("on_date", date(2026, 3, 4))
    names = sorted(workers)
    return [
        {
            "activity_id": f"A{number:05d}", "on_date": day,
            "started_at": datetime.combine(day, datetime.min.time()) + timedelta(hours=14),
            "grid_id": "G1", "pillar": pillar, "type": f"类型{number}", "name": f"活动{number}",
            "worker_id": name, "named": len(names), **given,
        }
        for name in names
    ]  # fmt: skip


_MICRO_GRIDS = {"M1": "G1", "M2": "G1", "M3": "G2"}


def frozen(
    *,
    visits: Iterable[dict[str, Any]] = (),
    dues: Iterable[dict[str, Any]] = (),
    complaints: Iterable[dict[str, Any]] = (),
    activities: Iterable[dict[str, Any]] = (),
    holdings: Iterable[tuple[str, str, str, date, date, int]] | None = None,
    shuffle: int | None = None,
) -> Frozen:
    """Frozen tables; `shuffle` puts every table's rows into another order."""
    listed = list(visits)
    rows: dict[str, list[dict[str, Any]]] = {
        "holding": _holdings(holdings),
        "beneath": _beneath(),
        "grid": _grids(),
        "stock": [
            {"grid_id": grid, "month": date(2026, month, 1), "households": size}
            for grid, size in (("M1", 60), ("M2", 90), ("M3", 40), ("G1", 150), ("G2", 40))
            for month in range(1, 7)
        ],
        "worker": [
            {
                "worker_id": f"W-{grid}", "name": f"格格{grid}", "kind": grid[0], "capacity": 30,
                "first_day": date(2024, 1, 1), "leave_days": 0,
            }
            for grid in ("G1", "G2", "M1", "M2", "M3", "X")
        ],
        "due": list(dues),
        "visit": [{k: v for k, v in row.items() if k != "names"} for row in listed],
        "visit_worker": [
            {"visit_id": row["visit_id"], "worker_id": name, "named": len(row["names"])}
            for row in listed
            for name in row["names"]
        ],
        "activity": list(activities),
        "complaint": list(complaints),
    }  # fmt: skip
    order = np.random.default_rng(shuffle) if shuffle is not None else None
    tables = {}
    for name, types in _SCHEMAS.items():
        table = pa.Table.from_pylist(rows[name], schema=pa.schema(list(types.items())))
        tables[name] = table.take(order.permutation(len(table))) if order is not None else table
    return Frozen(tables, 1, date(2026, 10, 31))


def _holdings(
    given: Iterable[tuple[str, str, str, date, date, int]] | None,
) -> list[dict[str, Any]]:
    if given is None:
        given = [
            (GENERAL if grid[0] == "G" else MICRO, grid, f"W-{grid}", date(2024, 1, 1), END, 1)
            for grid in ("G1", "G2", "M1", "M2", "M3")
        ]
    names = list(_SCHEMAS["holding"])
    return [dict(zip(names, row, strict=True)) for row in given]


def _beneath() -> list[dict[str, Any]]:
    pairs = [(MICRO, grid, grid) for grid in _MICRO_GRIDS]
    pairs += [(GENERAL, upper, grid) for grid, upper in _MICRO_GRIDS.items()]
    pairs += [(GENERAL, grid, grid) for grid in ("G1", "G2")]
    return [dict(zip(_SCHEMAS["beneath"], pair, strict=True)) for pair in pairs]


def _grids() -> list[dict[str, Any]]:
    uppers = {**_MICRO_GRIDS, "G1": "G1", "G2": "G2"}
    return [
        {
            "grid_id": grid, "name": f"{grid}网格", "level": "一般" if grid[0] == "G" else "微",
            "kind": "商品房", "general_id": upper, "general_name": f"{upper}网格",
            "stratum_id": "C", "stratum_name": "东山社区",
        }
        for grid, upper in uppers.items()
    ]  # fmt: skip


def measures(
    track: Track, good: list[list[int]], due_: list[list[int]], bonus: list[int] | None = None
) -> Measures:
    """Synthetic counts: rows candidates, columns components; `good` is cut off at `due_` for
    rates."""
    observed, exposure = np.array(good, dtype=float), np.array(due_, dtype=float)
    rates = np.array([not name.startswith(("breadth", "peers")) for name in track.components])
    observed = np.where(rates, np.minimum(observed, exposure), observed)
    peers = track.components.index("peers")
    observed[:, peers] = np.minimum(observed[:, peers], exposure[:, peers] * 100)
    n = len(good)
    return Measures(
        tuple(f"W{i:03d}" for i in range(n)),
        observed,
        exposure,
        np.array(bonus or [0] * n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
    )
