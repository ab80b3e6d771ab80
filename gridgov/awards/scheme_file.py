"""Reading a scheme from TOML and checking that it makes sense."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import MappingProxyType

from gridgov.awards._toml import Node, load
from gridgov.awards.period import Period, parse_period
from gridgov.awards.scheme import (
    INDICATORS,
    INELIGIBLE,
    NOT_SELECTED,
    PILLARS,
    Caps,
    Eligibility,
    Expected,
    Indicator,
    Prior,
    PriorLimit,
    Scheme,
    Tier,
    Track,
)
from gridgov.errors import SchemeError, UsageError
from gridgov.locale import _
from gridgov.schema.values import GRID_LEVELS, WORKER_KINDS

__all__ = ["FLAG_DEFAULTS", "parse_scheme", "read_scheme"]

WHOLE = 10_000  # basis points
# How a decision says that there is no tier, and how long a name it can hold.
_NO_TIER = (NOT_SELECTED, INELIGIBLE)
_LONGEST = 32
# Thresholds of AWARDS' review flags; a scheme may set each. `records`: from how many records of
# a worker on the flag is raised, so that one slip of the pen does not fill the committee's table.
FLAG_DEFAULTS: dict[str, dict[str, float]] = {
    "G1": {"households": 3, "min_chars": 15, "records": 3, "share": 0.10},
    "G2": {"similarity": 85, "min_chars": 15, "pairs": 5, "percentile": 99},
    "G3": {"records_together": 5, "minutes": 10, "buildings": 2, "records": 5, "share": 0.10},
    "G4": {
        "seconds": 60,
        "per_hour": 12,
        "night_from": 0,
        "night_to": 5,
        "records": 3,
        "share": 0.05,
    },
    "G5": {"hours": 72, "share": 0.30, "min_n": 10},
    "G6": {"days": 14, "q": 0.05, "ratio": 2.0, "min_n": 10},
    "G7": {"months": 4, "target": 0},
    "G8": {"min_n": 30, "q": 0.01},
    "G9": {"q": 0.01, "min_n": 20},
    "G10": {"days": 7, "records": 3, "share": 0.05},
    "G11": {"minutes": 5, "records": 3},
    "G12": {"share": 0.05, "minimum": 10},
}


def read_scheme(path: Path) -> Scheme:
    """The scheme in a file. Raises `SchemeError` naming the lines and what to do."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SchemeError(_("读不到方案文件 {path}，请核对路径", path=path)) from error
    except UnicodeDecodeError as error:
        raise SchemeError(_("方案 {path} 不是 UTF-8 编码，请另存为 UTF-8", path=path)) from error
    return parse_scheme(text, path.name)


def parse_scheme(text: str, source: str = "scheme.toml") -> Scheme:
    """The scheme in a text. Raises `SchemeError` naming the lines and what to do."""
    root = load(text, source)
    name = root.text("name")
    period = _period(root, "period")
    calibrated_on = root.text("calibrated_on", "")
    order = root.table("uncertainty")
    draws = order.integer("draws", 100, 1_000_000)
    seed = order.integer("seed", 0, 2**53)
    concentration = order.number("concentration", 1, 100_000)
    low = order.number("decide_above", 0, 1)
    high = order.number("decide_below", 0, 1)
    reliability = order.number("min_reliability", 0, 1)
    if low >= high:
        order.problem("decide_above", _("“decide_above”应小于“decide_below”"))
    order.finish()
    scheme = Scheme(
        name=name,
        period=period,
        calibrated_on=calibrated_on,
        draws=draws,
        seed=seed,
        concentration=concentration,
        band=(low, high),
        min_reliability=reliability,
        rank_within=_level(root, "rank_within"),
        bonus_max=_hundredths(root, "bonus_max", 5),
        ties=_ties(root),
        eligibility=_eligibility(root.table("eligibility")),
        caps=_caps(root.table("caps")),
        tiers=_tiers(root),
        tracks=tuple(_track(node) for node in root.tables("track")),
        flags=_flags(root),
        declared=root.texts("declared_batch", []),
        prior_limit=_prior_limit(root),
        text=text,
        hash=hashlib.sha256(text.encode()).hexdigest(),
    )
    _check_ties(root, scheme)
    root.finish()
    root.raise_problems(source)
    return scheme


def _period(node: Node, key: str) -> Period:
    try:
        return parse_period(node.text(key))
    except UsageError as error:
        node.problem(key, str(error))
        return parse_period("2000H1")


def _level(node: Node, key: str) -> str:
    value = node.text(key)
    known = [level.code for level in GRID_LEVELS]
    if value not in known:
        node.problem(
            key, _("没有网格层级“{value}”，可选：{known}", value=value, known="、".join(known))
        )
    return value


def _hundredths(node: Node, key: str, default: float | None = None) -> int:
    value = node.number(key, 0, 100, default)
    return round(value * 100)


def _basis_points(node: Node, key: str) -> int:
    value = node.number(key, 0, 100)
    points = round(value * 100)
    if abs(points - value * 100) > 1e-6:
        node.problem(key, _("“{key}”最多两位小数", key=key))
    return points


def _ties(root: Node) -> tuple[str, ...]:
    ties = root.texts("ties", ["callback", "SV1"])
    for code in ties:
        if code not in INDICATORS:
            root.problem("ties", _unknown_indicator(code))
    return ties


def _unknown_indicator(code: str) -> str:
    return _("没有指标“{code}”，可选：{known}", code=code, known="、".join(INDICATORS))


def _check_ties(root: Node, scheme: Scheme) -> None:
    for track in scheme.tracks:
        codes = {indicator.code for indicator in track.indicators}
        for code in scheme.ties:
            if code in INDICATORS and code not in codes:
                root.problem(
                    "ties",
                    _("赛道“{track}”没有指标“{code}”，不能用来分先后", track=track.name, code=code),
                )


def _eligibility(node: Node) -> Eligibility:
    found = Eligibility(node.number("min_months", 0, 12), node.integer("min_due", 0, 100_000))
    node.finish()
    return found


def _caps(node: Node) -> Caps:
    found = Caps(
        node.integer("visits_per_household_day", 1, 1000),
        node.integer("activities_per_worker_day", 1, 1000),
        node.integer("complaints_per_household_day", 1, 1000),
        node.integer("entry_days", 0, 366),
    )
    node.finish()
    return found


def _prior_limit(root: Node) -> PriorLimit:
    usual = PriorLimit()
    if not root.has("calibration"):
        return usual
    node = root.table("calibration")
    found = PriorLimit(
        node.number("prior_cap", 0, 100, usual.cap),
        node.number("prior_least", 0, 10_000, usual.least),
    )
    node.finish()
    return found


def _tiers(root: Node) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    for node in root.tables("tier"):
        tier = Tier(node.text("name"), _basis_points(node, "quota"), node.text("within", ""))
        above = {known.name: known for known in tiers}
        if tier.name in above or tier.name in _NO_TIER or len(tier.name) > _LONGEST:
            node.problem(
                "name", _("称号不能重名、超过 32 个字，也不能叫“{name}”", name="、".join(_NO_TIER))
            )
        if tier.within and tier.within not in above:
            node.problem("within", _("“{name}”须写在它之前的称号里", name=tier.within))
        elif tier.within and tier.quota > above[tier.within].quota:
            node.problem("quota", _("名额不能多于“{name}”的名额", name=tier.within))
        node.finish()
        tiers.append(tier)
    return tuple(tiers)


def _flags(root: Node) -> MappingProxyType[str, MappingProxyType[str, float]]:
    found: dict[str, MappingProxyType[str, float]] = {}
    flags = root.table("flags") if root.has("flags") else None
    for code, defaults in FLAG_DEFAULTS.items():
        values = dict(defaults)
        if flags is not None and flags.has(code):
            node = flags.table(code)
            values = {key: node.number(key, 0, 1e6, value) for key, value in defaults.items()}
            node.finish()
        found[code] = MappingProxyType(values)
    if flags is not None:
        flags.finish()
    return MappingProxyType(found)


def _track(node: Node) -> Track:
    kinds = [kind.code for kind in WORKER_KINDS]
    worker_kind = node.text("worker_kind")
    if worker_kind not in kinds:
        node.problem(
            "worker_kind",
            _("没有网格员类别“{value}”，可选：{known}", value=worker_kind, known="、".join(kinds)),
        )
    indicators = tuple(_indicator(item) for item in node.tables("indicator"))
    total = sum(indicator.weight for indicator in indicators)
    if total != WHOLE:
        node.problem(None, _("各指标权重合计 {total}，应为 100，请调整", total=f"{total / 100:g}"))
    codes = [indicator.code for indicator in indicators]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        node.problem(None, _("指标“{code}”写了两次，请删去一处", code=code))
    track = Track(
        name=node.text("name"),
        worker_kind=worker_kind,
        level=_level(node, "level"),
        subtree=node.flag("subtree", False),
        capacity=node.integer("capacity", 1, 100_000),
        indicators=indicators,
        floors=_floors(node, {indicator.group for indicator in indicators}),
        expected=_expected_of(node, indicators),
    )
    node.finish()
    return track


def _floors(node: Node, groups: set[str]) -> dict[str, int]:
    if not node.has("floors"):
        return {}
    table = node.table("floors")
    floors: dict[str, int] = {}
    for group in table.names():
        if group not in groups:
            table.problem(
                group,
                _("没有板块“{group}”，可选：{known}", group=group, known="、".join(sorted(groups))),
            )
        floors[group] = _hundredths(table, group)
    return floors


def _indicator(node: Node) -> Indicator:
    code = node.text("code")
    measure = INDICATORS.get(code)
    if measure is None:
        node.problem("code", _unknown_indicator(code))
        measure = INDICATORS["SV1"]
    floor = node.number("floor", 0, 1e6)
    goal = node.number("goal", 0, 1e6)
    if floor == goal:
        node.problem("goal", _("“goal”与“floor”相同，算不出分，请改开"))
    elif (goal > floor) != measure.higher_is_better:
        node.problem("goal", _direction(measure.higher_is_better))
    found = Indicator(
        code=measure.code,
        name=node.text("name", measure.zh),
        group=node.text("group"),
        weight=_basis_points(node, "weight"),
        floor=floor,
        goal=goal,
        priors=_priors(node, measure.kind),
        goals=node.numbers("full_at", len(PILLARS), 1e-6, 1e6) if measure.kind == "breadth" else (),
        cap=node.number("cap", 0, 1e6) if node.has("cap") else None,
        pool_below=node.integer("pool_below", 0, 100_000, 0),
    )
    node.finish()
    return found


def _direction(higher_is_better: bool) -> str:
    if higher_is_better:
        return _("此指标越高越好，“goal”应大于“floor”")
    return _("此指标越低越好，“goal”应小于“floor”")


def _priors(node: Node, kind: str) -> tuple[Prior, ...]:
    """Rates: prior = [a, b]. Breadth: shape and rate of the Gamma, five of each. Marks: none."""
    if kind == "rated":
        return ()
    if kind == "rate":
        a, b = node.numbers("prior", 2, 1e-6, 1e9)
        return (Prior(a, b),)
    shapes = node.numbers("prior_shape", len(PILLARS), 1e-6, 1e9)
    rates = node.numbers("prior_rate", len(PILLARS), 1e-6, 1e9)
    return tuple(Prior(a, b) for a, b in zip(shapes, rates, strict=True))


def _expected_of(node: Node, indicators: tuple[Indicator, ...]) -> Expected:
    """The section may be left out where no indicator counts activities."""
    if any(found.kind == "breadth" for found in indicators) or node.has("expected"):
        return _expected(node.table("expected"))
    return Expected({}, (0.0,) * len(PILLARS), (1.0,) * 12)


def _expected(node: Node) -> Expected:
    months = node.numbers("months", 12, 0, 100)
    other = node.numbers("other", len(PILLARS), 0, 1e6)
    rates: dict[str, tuple[float, ...]] = {}
    if node.has("kinds"):
        kinds = node.table("kinds")
        rates = {kind: kinds.numbers(kind, len(PILLARS), 0, 1e6) for kind in kinds.names()}
    node.finish()
    return Expected(rates, other, months)
