"""The five pillars by grid, who takes part and who does not, neighbour days and teams by period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.access.privacy import THRESHOLD, small_cells
from gridgov.filters import Filters
from gridgov.metrics import evaluate
from gridgov.metrics.grids import tree_of
from gridgov.metrics.happiness import TEAMS
from gridgov.metrics.months import months_of
from gridgov.metrics.spans import month_number
from gridgov.queries.engagement import (
    activity_calendar,
    listed_reached,
    neighbour_day_rotation,
    participation,
    team_performances,
)
from gridgov.queries.grids_below import below, short_names
from gridgov.queries.months import whole_months
from gridgov.queries.records import metric_records
from gridgov.trends.spans import fitting
from gridgov.warehouse import Reader

__all__ = [
    "PILLAR_METRICS",
    "Rotation",
    "Teams",
    "activity_days",
    "activity_list",
    "activity_types",
    "grids_reached",
    "kinds_reached",
    "participation_months",
    "pillar_cells",
    "rotation",
    "teams",
]

PILLAR_METRICS = {"党建": "PB2", "服务": "SV1", "民生": "ML1", "发展": "DV1", "幸福": "HP1"}
"""The one measure that stands for each pillar in the table of grids."""
_PILLAR_OF = {code: pillar for pillar, code in PILLAR_METRICS.items()}
_CELL_COLUMNS = ("metric", "grid_id", "name", "label", "numerator", "denominator", "value", "n",
                 "state", "tone", "pillar", "order")  # fmt: skip
_BY_QUARTER = frozenset({"PB2"})
_MONTHS = 12
_BELOW_COMMUNITY = frozenset({"一般", "微", "专属"})


def pillar_cells(reader: Reader, filters: Filters) -> pd.DataFrame:
    """One row a grid and pillar: grid_id, label, pillar, metric, value, numerator, denominator, n,
    state, tone.

    `tone` judges the newest finished month (quarter for PB2) against the grid's own past; it is
    "missing" where the figure rests on too few cases.
    """
    monthly = [code for code in PILLAR_METRICS.values() if code not in _BY_QUARTER]
    by_month = below(reader, filters, monthly)
    by_quarter = below(reader, filters, sorted(_BY_QUARTER), grain="quarter")
    if by_month is None or by_quarter is None:
        empty = pd.DataFrame(columns=_CELL_COLUMNS)
        return empty.astype({"pillar": "str", "order": "int64"})
    of_code = {code: by_quarter if code in _BY_QUARTER else by_month for code in _PILLAR_OF}

    def laid(name: str) -> npt.NDArray[Any]:
        """Grid after grid, the pillars of each in their order."""
        return np.stack([found.of(code, name) for code, found in of_code.items()]).T.ravel()

    grids, times = len(by_month.grid_ids), len(_PILLAR_OF)
    columns: dict[str, Any] = {
        "metric": list(_PILLAR_OF) * grids,
        "grid_id": np.repeat(np.array(by_month.grid_ids, dtype=object), times),
        "name": np.repeat(np.array(by_month.names, dtype=object), times),
        "label": np.repeat(np.array(by_month.labels, dtype=object), times),
    }
    columns |= {name: laid(name) for name in _CELL_COLUMNS[4:9]}
    columns["tone"] = np.where(columns["state"] == "ok", laid("tone"), "missing")
    columns["pillar"] = pd.array(list(_PILLAR_OF.values()) * grids, dtype="str")
    columns["order"] = np.tile(np.arange(times), grids)
    return pd.DataFrame(columns)


def participation_months(reader: Reader, filters: Filters) -> pd.DataFrame:
    """bucket, part ("attendances", "households", "first_timers"), value, is_partial; 24 months.

    Households are distinct within a month: they must not be added over months. Months before the
    log begins are left out.
    """
    codes = {"HP5": "attendances", "HP1": "households", "HP2": "first_timers"}
    frame = evaluate(
        reader, list(codes), filters.history_start, filters.span.end,
        grain="month", grid_id=filters.grid_id, where=fitting("HP1", filters.where()),
    )  # fmt: skip
    frame = frame[frame["numerator"].notna()]
    return pd.DataFrame(
        {
            "bucket": frame["bucket"],
            "part": frame["metric"].map(codes),
            "value": frame["numerator"],
            "is_partial": frame["is_partial"],
        }
    ).reset_index(drop=True)


def activity_types(reader: Reader, filters: Filters) -> pd.DataFrame:
    """pillar, type, activities, attendances, average, first_share, satisfied, rated, rate.

    Satisfied over rated; `rate` and `average` are missing over nothing. Most activities first.
    """
    span = filters.span
    frame = participation(
        reader, span.start, span.end, grid_id=filters.grid_id, pillar=filters.pillar
    )
    columns = {name: frame[name].to_numpy() for name in frame.columns[2:]}
    shares = {
        "average": _share(columns["attendances"], columns["activities"]),
        "first_share": _share(columns["first_timers"], columns["first_base"]),
        "rate": _share(columns["satisfied"], columns["rated"]),
    }
    texts = {name: frame[name] for name in frame.columns[:2]}
    return pd.DataFrame(texts | columns | shares)


def _share(part: npt.NDArray[Any], total: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """NaN over nothing."""
    has = total > 0
    return np.where(has, part / np.where(has, total, 1), np.nan)


def activity_days(reader: Reader, filters: Filters) -> pd.DataFrame:
    """day, value (activities); every day of the period, 0 where none was held."""
    span = filters.span
    frame = activity_calendar(
        reader, span.start, span.end, grid_id=filters.grid_id, pillar=filters.pillar
    )
    days = pd.date_range(span.start, span.end, freq="D")
    held = np.zeros(len(days))
    at = frame["on_date"].to_numpy().astype("datetime64[D]") - np.datetime64(span.start)
    held[at.astype(np.intp)] = frame["activities"].to_numpy()
    return pd.DataFrame({"day": days, "value": held})


def grids_reached(reader: Reader, filters: Filters) -> pd.DataFrame:
    """grid_id, label, households, reached, rate, unreached, tone: metric HP1, in grid order."""
    names = {"households": "denominator", "reached": "numerator", "rate": "value"}
    found = below(reader, filters, ("HP1",))
    if found is None:
        return pd.DataFrame(columns=["grid_id", "label", *names, "unreached", "tone"])
    columns: dict[str, Any] = {"grid_id": list(found.grid_ids), "label": found.labels}
    columns |= {name: found.of("HP1", of) for name, of in names.items()}
    columns["unreached"] = columns["households"] - columns["reached"]
    return pd.DataFrame(columns | {"tone": found.of("HP1", "tone")})


def kinds_reached(reader: Reader, filters: Filters) -> pd.DataFrame:
    """category, listed, attended, rate, is_suppressed; the least reached first.

    Households: `listed` have a key person of the kind, `attended` of them took part in anything.
    Small counts are missing where the reader may not see single persons.
    """
    span = filters.span
    frame = listed_reached(reader, span.start, span.end, grid_id=filters.grid_id)
    listed, attended = frame["listed"].to_numpy(), frame["listed_attended"].to_numpy()
    rate = _share(attended, listed)
    kinds = [str(kind) for kind in frame["category"]]
    order = sorted(range(len(kinds)), key=lambda at: (np.isnan(rate[at]), rate[at], kinds[at]))
    listed, attended, rate = listed[order], attended[order], rate[order]
    is_hidden = np.zeros(len(kinds), dtype=np.bool_)
    if not reader.scope.sees_persons and kinds:
        # That none of three came is about three.
        few = listed < THRESHOLD
        is_hidden = few | small_cells(attended.astype(np.float64))
        listed = np.where(few, np.nan, listed)
        attended, rate = (np.where(is_hidden, np.nan, part) for part in (attended, rate))
    return pd.DataFrame(
        {
            "category": pd.array([kinds[at] for at in order], dtype="str"),
            "listed": listed,
            "attended": attended,
            "rate": rate,
            "is_suppressed": is_hidden,
        }
    )


@dataclass(frozen=True)
class Rotation:
    """Neighbour days of twelve months. `held`: counts (index grid_id, columns month; all general
    grids); `labels`: grid_id → short name; `missed`: months of the log without any; `hosts`:
    how many grids had one.
    """

    held: pd.DataFrame
    labels: dict[str, str]
    missed: tuple[date, ...]
    hosts: int


def rotation(reader: Reader, filters: Filters) -> Rotation:
    """Which general grid hosted in which of the twelve months up to the end of the period."""
    end = filters.span.end
    index = end.year * 12 + end.month - _MONTHS
    start = date(index // 12, index % 12 + 1, 1)
    held, names = _neighbour_days(reader, start, end, filters.grid_id)
    if held.empty:
        return Rotation(pd.DataFrame(), {}, (), 0)
    months = held.sum()
    first = tree_of(reader).first_on.get("activity") or start
    return Rotation(
        held=held,
        labels=dict(zip(held.index.tolist(), short_names(names), strict=True)),
        missed=tuple(
            month.date()
            for month in months.index[months == 0]
            if month.date() >= first.replace(day=1)
        ),
        hosts=int((held.sum(axis=1) > 0).sum()),
    )


def _neighbour_days(
    reader: Reader, start: date, end: date, grid_id: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """How often each general grid held one in each month, and the grids' names."""
    if whole_months(reader, start, end, grid_id) is None:
        frame = neighbour_day_rotation(reader, start, end, grid_id=grid_id)
        held = frame.pivot(index="grid_id", columns="month", values="times")
        named = frame.drop_duplicates("grid_id").set_index("grid_id")["name"]
        return held, [str(name) for name in named.loc[list(held.index)]]
    tree = tree_of(reader)
    units = tree.at_level(grid_id, "一般", start, end)
    column = ("neighbour_days",)
    first, stop = month_number(start), month_number(end) + 1
    times = months_of(reader, units, column).taken(column, units, first, stop)[0]
    months = pd.date_range(start, periods=stop - first, freq="MS", unit="us", name="month")
    held = pd.DataFrame(
        np.nan_to_num(times).astype(np.int64), index=pd.Index(units, name="grid_id"), columns=months
    )
    return held, [tree.nodes[unit].name for unit in units]


@dataclass(frozen=True)
class Teams:
    """Shows by team in the quarter from `start`. `frame`: team, shows, last_on.

    `known` teams have ever performed. `expected` is how many a community has; None below one, for
    teams belong to no grid.
    """

    frame: pd.DataFrame
    start: date
    performed: int
    known: int
    expected: int | None


def teams(reader: Reader, filters: Filters) -> Teams:
    """Who performed in the quarter that holds the period's last day."""
    end = filters.span.end
    start = date(end.year, (end.month - 1) // 3 * 3 + 1, 1)
    frame = team_performances(reader, start, end, grid_id=filters.grid_id)
    return Teams(
        frame=frame,
        start=start,
        performed=int((frame["shows"] > 0).sum()),
        known=len(frame),
        expected=_expected_teams(reader, filters.grid_id),
    )


def _expected_teams(reader: Reader, grid_id: str | None) -> int | None:
    tree = tree_of(reader)
    tops = tree.tops if grid_id is None else (grid_id,)
    places = [tree.nodes[top] for top in tops if top in tree.nodes]
    if not places or any(place.level in _BELOW_COMMUNITY for place in places):
        return None
    return TEAMS * sum(tree.communities(place.grid_id) for place in places)


def activity_list(reader: Reader, filters: Filters, rows: int = 1000) -> pd.DataFrame:
    """The period's activities, newest first: on_date, name, type, pillar, place, attendances, …"""
    span = filters.span
    frame = metric_records(
        reader, "HP5", span.start, span.end,
        grid_id=filters.grid_id, where=filters.where(), rows=rows,
    )  # fmt: skip
    names = ["started_at", "name", "type", "pillar", "place", "attendances", "households"]
    return frame[[*names, "first_timers", "satisfied", "rated"]].reset_index(drop=True)
