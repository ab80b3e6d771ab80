"""Review flags G1–G12. Each opens a review; none costs a point by itself.

A flag is raised for a worker from its thresholds in the scheme on, and lists the records behind
it. Comparisons with peers stay inside a track.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import norm

from gridgov.awards.committee import Committee, Verdict
from gridgov.awards.credit import Bench
from gridgov.awards.scheme import Scheme
from gridgov.locale import N_
from gridgov.stats.flags import benjamini_hochberg, even_counts, mad_scores

__all__ = ["FLAGS", "FlagKind", "Flagged", "confirmed_events", "find_flags"]

Floats = npt.NDArray[np.float64]
Params = Mapping[str, float]


@dataclass(frozen=True)
class FlagKind:
    """What a flag is called and what it looks at. `information`: shown, opens no review."""

    code: str
    zh: str
    en: str
    what: str
    information: bool = False


FLAGS: dict[str, FlagKind] = {
    kind.code: kind
    for kind in (
        FlagKind(
            "G1",
            "重复或雷同",
            "Repeated or identical",
            N_("同一人同户同事由同日两次，或同一段文字用于多户"),
        ),
        FlagKind("G2", "文字高度相似", "Notes alike", N_("本人走访内容两两高度相似，且多于同事")),
        FlagKind("G3", "集中补录", "Entered in a bunch", N_("短时间内连续录入多栋楼的记录")),
        FlagKind("G4", "时间可疑", "Impossible times", N_("走访时间重叠、过短、过密或在深夜")),
        FlagKind("G5", "录入过晚", "Entered late", N_("较大比例的记录在三天以后才录入")),
        FlagKind("G6", "期末突击", "Rush at the end", N_("最后两周的占比远高于同事")),
        FlagKind("G7", "每月恰好同数", "Exactly on target", N_("多个月的走访数恰好是同一个数")),
        FlagKind("G8", "整点偏多", "Round minutes", N_("整点、半点的记录多于同事，仅供参考"), True),
        FlagKind("G9", "每日过于均匀", "Too even by day", N_("每日走访数比偶然情形还要均匀")),
        FlagKind(
            "G10", "与诉求不符", "Contradicted", N_("走访无异常而该户一周内来诉，或上门走访空置户")
        ),
        FlagKind(
            "G11", "工单可疑", "Odd tickets", N_("几分钟内办结，或自己发现的同一件事拆成多单")
        ),
        FlagKind("G12", "回访不实", "Denied on call-back", N_("回访中居民表示没有这次走访")),
    )
}


@dataclass(frozen=True)
class Flagged:
    """flag: one row a worker and flag that was judged (track, worker_id, flag, raised, value,
    threshold, records). record: one row a worker, flag and event (…, event_id, amount)."""

    flag: pa.Table
    record: pa.Table


@dataclass(frozen=True)
class _Judged:
    value: Floats
    threshold: Floats
    raised: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Peers:
    """The workers of a track with visits, and what is known of each; rows in one order."""

    workers: list[str]
    counts: Mapping[str, Floats]
    daily: Floats
    monthly: Floats
    pairs: Floats
    in_post: Floats


def find_flags(bench: Bench, scheme: Scheme, committee: Committee) -> Flagged:
    """Judge every flag for every worker who has visits or cases in the period."""
    flags = scheme.flags
    bench.make("flag_visit")
    records = {code: _records(bench, code, flags[code]) for code in _RECORD_FLAGS}
    records["G12"] = _denied(committee)
    tracks = _tracks_of(bench)
    rows: list[tuple[str, str, str, bool, float, float, int]] = []
    for track, peers in _peers(bench, scheme, tracks).items():
        behind = _counted(records, set(peers.workers))
        for code in FLAGS:
            judged = _JUDGES[code](peers, flags[code], behind.get(code, {}))
            for i, worker in enumerate(peers.workers):
                count = behind.get(code, {}).get(worker, 0)
                value, limit = float(judged.value[i]), float(judged.threshold[i])
                rows.append((track, worker, code, bool(judged.raised[i]), value, limit, count))
    rows.sort()
    return Flagged(_flag_table(rows), _record_table(records, tracks))


def confirmed_events(flagged: Flagged, verdicts: Iterable[Verdict]) -> frozenset[str]:
    """Ids of the events that confirmed verdicts leave out; the last verdict on a record counts."""
    behind: dict[tuple[str, str], list[str]] = {}
    for row in flagged.record.to_pylist():
        behind.setdefault((row["worker_id"], row["flag"]), []).append(row["event_id"])
    latest: dict[tuple[str, str, str], bool] = {}
    # A word on one record outweighs the word on all records of the flag, whenever it was said.
    for verdict in sorted(verdicts, key=lambda v: (v.event_key != "", v.at, v.by, v.verdict)):
        every = behind.get((verdict.worker_id, verdict.flag), [])
        for event in [verdict.event_key] if verdict.event_key else every:
            latest[verdict.worker_id, verdict.flag, event] = verdict.verdict == "confirmed"
    return frozenset(event for (_who, _flag, event), confirmed in latest.items() if confirmed)


_RECORD_FLAGS = {
    "G1": "flag_g1",
    "G2": "flag_g2",
    "G3": "flag_g3",
    "G4": "flag_g4",
    "G5": "flag_g5",
    "G10": "flag_g10",
    "G11": "flag_g11",
}
Records = list[tuple[str, str, float]]


def _records(bench: Bench, code: str, params: Params) -> Records:
    table = bench.read(_RECORD_FLAGS[code], **params)
    columns = [table.column(name).to_pylist() for name in ("worker_id", "event_id", "amount")]
    return list(zip(*columns, strict=True))


def _denied(committee: Committee) -> Records:
    return [(c.worker_id, c.event_key, 1.0) for c in committee.callbacks if c.result == "false"]


def _counted(records: Mapping[str, Records], workers: set[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for code, rows in records.items():
        counts: dict[str, int] = {}
        for worker, _event, _amount in rows:
            if worker in workers:
                counts[worker] = counts.get(worker, 0) + 1
        found[code] = counts
    return found


def _tracks_of(bench: Bench) -> dict[str, dict[str, int]]:
    """Track → workers who held one of its grids in the period, with their days in post."""
    found: dict[str, dict[str, int]] = {}
    for row in bench.read("candidate").to_pylist():
        found.setdefault(row["track"], {})[row["worker_id"]] = row["in_post_days"]
    return found


def _peers(
    bench: Bench, scheme: Scheme, tracks: Mapping[str, Mapping[str, int]]
) -> dict[str, _Peers]:
    table = bench.read(
        "worker_visits",
        days=int(scheme.flags["G6"]["days"]),
        hours=int(scheme.flags["G5"]["hours"]),
    )
    counts = {row["worker_id"]: row for row in table.to_pylist()}
    days = bench.read("worker_days").to_pylist()
    pairs = {row["worker_id"]: row["pairs"] for row in bench.read("worker_pairs").to_pylist()}
    names = [name for name in table.column_names if name != "worker_id"]
    found = {}
    for track, workers in tracks.items():
        listed = sorted(set(workers))
        daily, monthly = _calendar(scheme, listed, days)
        found[track] = _Peers(
            listed,
            {n: np.array([counts.get(w, {}).get(n, 0) for w in listed], float) for n in names},
            daily,
            monthly,
            np.array([pairs.get(worker, 0) for worker in listed], dtype=np.float64),
            np.array([workers[worker] for worker in listed]) / scheme.period.days,
        )
    return found


def _calendar(
    scheme: Scheme, workers: list[str], days: list[dict[str, date | str | int]]
) -> tuple[Floats, Floats]:
    """Visits by day (n, days) and by month (n, months)."""
    row_of = {worker: i for i, worker in enumerate(workers)}
    period = scheme.period
    daily = np.zeros((len(workers), period.days))
    for row in days:
        position = row_of.get(str(row["worker_id"]))
        on_date = row["on_date"]
        if position is not None and isinstance(on_date, date):
            daily[position, (on_date - period.start).days] += float(row["visits"])  # type: ignore[arg-type]
    starts = [(month - period.start).days for month in period.months]
    return daily, np.add.reduceat(daily, starts, axis=1)


def _by_records(peers: _Peers, params: Params, behind: Mapping[str, int]) -> _Judged:
    """Raised from `records` records on, if they are at least `share` of the worker's visits: who
    makes three hundred visits will have three odd ones."""
    value = np.array([behind.get(worker, 0) for worker in peers.workers], dtype=np.float64)
    limit = np.maximum(params["records"], params.get("share", 0.0) * peers.counts["visits"])
    return _Judged(value, limit, value >= limit)


def _by_pairs(peers: _Peers, params: Params, _behind: Mapping[str, int]) -> _Judged:
    """G2: enough pairs of notes alike, and more than the given percentile of the other workers."""
    value = peers.pairs
    limit = np.zeros(len(value))
    for i in range(len(value)):
        others = np.delete(value, i)
        if len(others):
            limit[i] = np.quantile(others, params["percentile"] / 100, method="lower")
    return _Judged(value, limit, (value >= params["pairs"]) & (value > limit))


def _share(part: Floats, whole: Floats, least: float) -> Floats:
    share: Floats = np.full(len(part), np.nan)
    np.divide(part, whole, out=share, where=whole >= max(least, 1))
    return share


def _by_late(peers: _Peers, params: Params, _behind: Mapping[str, int]) -> _Judged:
    """G5: share of records entered late."""
    value = _share(peers.counts["late"], peers.counts["entered"], params["min_n"])
    return _Judged(value, np.full(len(value), params["share"]), value > params["share"])


def _by_rush(peers: _Peers, params: Params, _behind: Mapping[str, int]) -> _Judged:
    """G6: share of the last days, far above the peers' median and twice as high: a campaign that
    all take part in moves the median with it."""
    # Who came in May has a larger share of days at the end; the days in post even that out.
    value = _share(peers.counts["last_days"], peers.counts["visits"], params["min_n"])
    value = value * peers.in_post
    adjusted = benjamini_hochberg(norm.sf(mad_scores(value)))
    typical = float(np.nanmedian(value)) if np.isfinite(value).any() else 0.0
    limit = np.full(len(value), params["ratio"] * typical)
    return _Judged(value, limit, (adjusted <= params["q"]) & (value >= limit) & (value > 0))


def _by_target(peers: _Peers, params: Params, _behind: Mapping[str, int]) -> _Judged:
    """G7: months with exactly the target; without one in the scheme, with the same count."""
    monthly = peers.monthly
    if params["target"] > 0:
        value = (monthly == params["target"]).sum(axis=1)
    else:
        same = (monthly[:, :, None] == monthly[:, None, :]) & (monthly[:, :, None] > 0)
        value = same.sum(axis=2).max(axis=1, initial=0)
    limit = np.full(len(value), params["months"])
    return _Judged(value.astype(np.float64), limit, value >= limit)


def _by_minutes(peers: _Peers, params: Params, _behind: Mapping[str, int]) -> _Judged:
    """G8: share of visits at :00 or :30 against the peers'."""
    value = _share(peers.counts["round_minutes"], peers.counts["timed"], params["min_n"])
    scores = mad_scores(value)
    adjusted = benjamini_hochberg(norm.sf(scores))
    typical = np.full(len(value), np.nanmedian(value) if np.isfinite(value).any() else np.nan)
    return _Judged(value, typical, adjusted <= params["q"])


def _by_evenness(peers: _Peers, params: Params, _behind: Mapping[str, int]) -> _Judged:
    """G9: index of dispersion of daily counts; chance gives 1."""
    enough = peers.daily.sum(axis=1) >= params["min_n"]
    index, p = even_counts(np.where(enough[:, None], peers.daily, np.nan))
    adjusted = benjamini_hochberg(p)
    return _Judged(index, np.ones(len(index)), adjusted <= params["q"])


def _by_denial(peers: _Peers, _params: Params, behind: Mapping[str, int]) -> _Judged:
    """G12: one visit denied by the resident is enough for a review."""
    return _by_records(peers, {"records": 1}, behind)


_JUDGES: dict[str, Callable[[_Peers, Params, Mapping[str, int]], _Judged]] = {
    "G1": _by_records,
    "G2": _by_pairs,
    "G3": _by_records,
    "G4": _by_records,
    "G5": _by_late,
    "G6": _by_rush,
    "G7": _by_target,
    "G8": _by_minutes,
    "G9": _by_evenness,
    "G10": _by_records,
    "G11": _by_records,
    "G12": _by_denial,
}


def _flag_table(rows: list[tuple[str, str, str, bool, float, float, int]]) -> pa.Table:
    names = ("track", "worker_id", "flag", "raised", "value", "threshold", "records")
    types = (
        pa.string(), pa.string(), pa.string(), pa.bool_(), pa.float64(), pa.float64(), pa.int32(),
    )  # fmt: skip
    return pa.table(
        {
            name: pa.array([row[i] for row in rows], type_)
            for i, (name, type_) in enumerate(zip(names, types, strict=True))
        }
    )


def _record_table(
    records: Mapping[str, Records], tracks: Mapping[str, Mapping[str, int]]
) -> pa.Table:
    known = {worker for workers in tracks.values() for worker in workers}
    rows = sorted(
        (worker, flag, event, amount)
        for flag, listed in records.items()
        for worker, event, amount in listed
        if worker in known
    )
    return pa.table(
        {
            "worker_id": pa.array([row[0] for row in rows], pa.string()),
            "flag": pa.array([row[1] for row in rows], pa.string()),
            "event_id": pa.array([row[2] for row in rows], pa.string()),
            "amount": pa.array([row[3] for row in rows], pa.float64()),
        }
    )
