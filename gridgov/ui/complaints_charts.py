"""The charts of the complaints page, from the frames of `gridgov.queries.complaints_evidence`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from gridgov import formats
from gridgov.figures import Chart, bars, funnel_stages, grouped_bars, pareto, survival_curve
from gridgov.figures.palette import Palette
from gridgov.locale import _
from gridgov.queries.complaints_evidence import Handling
from gridgov.ui.evidence import named

__all__ = [
    "ages_chart",
    "funnel_chart",
    "grids_chart",
    "handling_chart",
    "handling_note",
    "pareto_chart",
]

_WHOLE_STEPS = 6
"""Up to this many cases the axis counts one by one: there is no half case."""
_TAIL = 3.0
"""The curve is drawn to this many times the day by which nine tenths are closed."""


def funnel_chart(frame: pd.DataFrame, palette: Palette) -> Chart:
    """From received to satisfied; every stage with its share of its own denominator."""
    names = {
        "received": _("受理"),
        "contacted": _("联系群众"),
        "closed": _("办结"),
        "called": _("回访"),
        "answered": _("回访接通"),
        "resolved": _("已解决"),
        "satisfied": _("满意"),
    }
    rows = frame.assign(label=[names[stage] for stage in frame["stage"]])
    chart = funnel_stages(rows, palette, title=_("本期受理的诉求走到了哪一步"), unit="件")
    columns = {"label": _("环节"), "value": _("件数"), "base": _("分母")}
    return replace(chart, named=partial(named, rows, columns))


def handling_chart(found: Handling, palette: Palette) -> Chart:
    """Share still open by days since receipt, with the days by which half and nine tenths are."""
    curve = found.curve
    if found.most is not None and not curve.empty:
        curve = curve[curve["time"] <= max(found.most * _TAIL, 1.0)]
    chart = survival_curve(
        curve,
        palette,
        title=_("受理后仍未办结的比例"),
        median=found.half,
        p90=found.most,
        unit="天",
        n=found.n,
    )
    columns = {
        "time": _("受理后天数"),
        "open_share": _("仍未办结"),
        "low": _("下限"),
        "high": _("上限"),
        "at_risk": _("尚未办结件数"),
        "closed": _("当时办结件数"),
    }
    return replace(chart, named=partial(named, found.curve, columns))


def handling_note(found: Handling) -> str:
    """P50, P90, n, what is still open, and the cases closed in the second they came in."""
    is_known = [not formats.is_missing(days) for days in (found.half, found.most)]
    half = _("一半在 {time}内办结", time=formats.duration(found.half))
    most = _("，九成在 {time}内；", time=formats.duration(found.most))
    parts = [
        half if is_known[0] else _("还没有办结一半"),
        most if is_known[1] else _("，还没有办结九成；"),
        _(
            "n = {n}，其中 {open} 件未办结，按已等的时间计入。",
            n=formats.whole(found.n),
            open=formats.whole(found.open_cases),
        ),
    ]
    if found.instant:
        parts.append(_("另有 {n} 件受理的同一秒即办结，已含在内。", n=formats.whole(found.instant)))
    return "".join(parts)


def pareto_chart(frame: pd.DataFrame, palette: Palette) -> Chart:
    """Categories by number of complaints with their running share."""
    rows = frame.assign(label=frame["category"].fillna(_("未填")), value=frame["cases"])
    keyed = rows.assign(key=frame["category"].fillna(""))
    columns = {
        "label": _("诉求类别"),
        "cases": _("件数"),
        "share": _("占比"),
        "cumulative": _("累计占比"),
        "out_of_scope": _("其中权责外"),
    }
    chart = pareto(keyed, palette, title=_("诉求类别"))
    return replace(chart, named=partial(named, rows, columns))


def grids_chart(frame: pd.DataFrame, palette: Palette) -> Chart:
    """Complaints per 1,000 residents by grid; a grid's size is said on hover."""
    notes = [_("受理 {n} 件", n=formats.whole(cases)) for cases in frame["cases"]]
    rows = frame.assign(
        value=frame["per_thousand"], state=frame["tone"], key=frame["grid_id"], note=notes
    )
    columns = {
        "label": _("网格"),
        "cases": _("件数"),
        "per_thousand": _("每千人件数"),
        "tone": _("与自身过往比"),
    }
    chart = bars(rows, palette, title=_("各网格千人诉求量"), unit="件/千人")
    return replace(chart, named=partial(named, frame, columns))


def ages_chart(frame: pd.DataFrame, palette: Palette) -> Chart:
    """Open cases by age, those past their deadline beside the others."""
    labels = [_band(row["from_days"], row["to_days"]) for row in frame.to_dict("records")]
    parts = [
        pd.DataFrame({"label": labels, "series": name, "value": values.astype("float64")})
        for name, values in (
            (_("超期"), frame["overdue"]),
            (_("未到期"), frame["cases"] - frame["overdue"]),
        )
    ]
    rows = pd.concat(parts, ignore_index=True)
    chart = grouped_bars(rows, palette, title=_("在办诉求：已办天数"), unit="件")
    if rows["value"].max() <= _WHOLE_STEPS:
        chart.figure.update_yaxes(dtick=1)
    days, late, rest = _("已办天数"), _("超期"), _("未到期")
    ages = pd.DataFrame(
        {days: labels, late: frame["overdue"], rest: frame["cases"] - frame["overdue"]}
    )
    return replace(chart, named=lambda: ages)


def _band(first: int, last: object) -> str:
    """Days since receipt as an axis label: 4–7, >90."""
    if formats.is_missing(last):
        return f">{first - 1}"
    return f"{first}–{int(float(str(last)))}"
