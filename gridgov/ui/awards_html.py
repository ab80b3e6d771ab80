"""Tables of the award pages as HTML: bands, chances and parts of a score inside their cells.

No Streamlit here. Everything from data is escaped. The few rules beyond the product's style sheet
travel with the table that needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gridgov import formats
from gridgov.awards.evaluate import TrackResult
from gridgov.awards.scheme import Scheme
from gridgov.figures.palette import Palette
from gridgov.locale import _
from gridgov.ui.awards_words import (
    band,
    chance,
    group_label,
    is_reliable,
    outcome_html,
    points,
    review_words,
    short_grid,
    short_tiers,
)
from gridgov.ui.html import escaped

__all__ = ["Head", "candidates_html", "grid_html", "legend_html", "swatches", "td"]

_RULES = f"<style>{Path(__file__).with_name('awards.css').read_text('utf-8')}</style>"


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading. `number`: right-aligned. `wide`: left out on a narrow screen."""

    label: str
    number: bool = False
    wide: bool = False
    hint: str = ""

    @property
    def classes(self) -> str:
        return " ".join(
            name for name, holds in (("gg-num", self.number), ("gg-wide", self.wide)) if holds
        )


def td(inside: str, head: Head, extra: str = "") -> str:
    """A cell under `head`; `inside` is markup."""
    names = " ".join(part for part in (head.classes, extra) if part)
    return f'<td class="{names}">{inside}</td>' if names else f"<td>{inside}</td>"


def grid_html(
    heads: Sequence[Head],
    rows: Iterable[Sequence[str]],
    caption: str,
    *,
    sums: Iterable[int] = (),
    nothing: str = "",
) -> str:
    """A table from cells that are markup already; `sums`: rows set apart as totals."""
    tops = "".join(
        f'<th scope="col" class="{head.classes}"'
        + (f' title="{escaped(head.hint)}"' if head.hint else "")
        + f">{escaped(head.label)}</th>"
        for head in heads
    )
    apart = set(sums)
    lines = [
        f"<tr{' class=aw-sum' if number in apart else ''}>"
        + "".join(td(cell, head) for cell, head in zip(row, heads, strict=True))
        + "</tr>"
        for number, row in enumerate(rows)
    ]
    if not lines:
        words = escaped(nothing or _("没有记录"))
        lines = [f'<tr><td class="gg-muted" colspan="{len(heads)}">{words}</td></tr>']
    return (
        f'{_RULES}<div class="gg-table" role="region" tabindex="0" aria-label="{escaped(caption)}">'
        f'<table><caption class="gg-hidden">{escaped(caption)}</caption>'
        f"<thead><tr>{tops}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def swatches(names: Sequence[str], palette: Palette) -> dict[str, str]:
    """A colour for each part of a score, in the order of the palette's series."""
    return {name: palette.series[i % len(palette.series)] for i, name in enumerate(names)}


def legend_html(colors: dict[str, str], more: str = "") -> str:
    """What the colours in the cells below mean, in a line."""
    items = "".join(
        f'<span><b style="background:{color}"></b>{escaped(name)}</span>'
        for name, color in colors.items()
    )
    extra = f"<span>{escaped(more)}</span>" if more else ""
    return f'{_RULES}<p class="aw-key">{items}{extra}</p>'


def candidates_html(
    scheme: Scheme, result: TrackResult, rows: Sequence[int], palette: Palette, address: str
) -> str:
    """Candidates with band, size, load, parts, chances and outcome; names lead to their sheets.

    `address`: of a sheet, to which the worker's id is added.
    """
    reliable = is_reliable(scheme, result)
    names = short_tiers(scheme)
    heads = [
        Head(_("名次 · 区间") if reliable else _("名次区间")),
        Head(_("候选人")),
        Head(_("户数"), number=True, wide=True),
        Head(_("负荷比"), number=True, wide=True, hint=_("应联系次数 ÷ 每月可承担次数")),
        Head(_("总分与构成")),
        *(
            Head(_("{tier}把握", tier=name), number=True, wide=i > 0)
            for i, name in enumerate(names)
        ),
        Head(_("结果"), wide=True),
    ]
    colors = swatches([group_label(group) for group in result.track.groups], palette)
    body = [
        [
            _place(result, row, reliable),
            _person(scheme, result, row, address),
            formats.whole(result.candidate[row]["households"]),
            f"{result.candidate[row]['load']:.2f}",
            _score(result, row, colors),
            *(chance(float(result.certainty.top[row, i])) for i in range(len(names))),
            outcome_html(scheme, result, row),
        ]
        for row in rows
    ]
    return grid_html(heads, body, _("候选人"))


def _place(result: TrackResult, row: int, reliable: bool) -> str:
    """The band as words and as a bar over all places, the quota's end as a dashed line."""
    low, high = int(result.certainty.low[row, 2]), int(result.certainty.high[row, 2])
    count = max(int(result.eligible.sum()), 1)
    quota = int(result.order.quota[row, 0]) if result.order.quota.shape[1] else 0
    bar = (
        '<span class="aw-lane" style="width:84px;margin-right:8px" aria-hidden="true">'
        f'<span style="left:{(low - 1) / count * 100:.1f}%;'
        f'width:{max((high - low + 1) / count * 100, 2):.1f}%"></span>'
        f'<i style="left:{quota / count * 100:.1f}%"></i></span>'
    )
    shared = int(result.order.shared[row])
    place = f'<b class="aw-place">{int(result.order.place[row])}</b>' if reliable else ""
    tie = escaped(_("{n} 人并列", n=shared)) if place and shared > 1 else ""
    below = f'<span class="aw-sub">{tie}</span>' if tie else ""
    return f'<span style="white-space:nowrap">{place}{bar}{band(low, high)}</span>{below}'


def _person(scheme: Scheme, result: TrackResult, row: int, address: str) -> str:
    person = result.candidate[row]
    worker = escaped(result.workers[row])
    link = f'<a href="{escaped(address)}{worker}" target="_self">{escaped(person["name"])}</a>'
    notes = [short_grid(person)]
    told = review_words(tuple(r for r in result.review[row] if r in ("flag", "tie")))
    if told:
        notes.append(told)
    load = _(
        "{n} 户 · 负荷 {load}", n=formats.whole(person["households"]), load=f"{person['load']:.2f}"
    )
    return (
        f'{link}<span class="aw-sub">{escaped(" · ".join(notes))}</span>'
        f'<span class="aw-sub aw-phone">{escaped(load)}</span>'
        f'<span class="aw-phone">{outcome_html(scheme, result, row)}</span>'
    )


def _score(result: TrackResult, row: int, colors: dict[str, str]) -> str:
    scores = result.scores
    shares = dict.fromkeys(colors, 0)
    for column, indicator in enumerate(result.track.indicators):
        shares[group_label(indicator.group)] += int(scores.contribution[row, column])
    pieces = "".join(
        f'<span style="width:{value / 100:.2f}%;background:{colors[name]}" '
        f'title="{escaped(name)} {points(value)}"></span>'
        for name, value in shares.items()
        if value > 0
    )
    said = ", ".join(f"{name} {points(value)}" for name, value in shares.items())
    return (
        f'<span style="display:inline-block;min-width:3.4em;font-weight:600">'
        f"{points(int(scores.total[row]))}</span>"
        f'<span class="aw-parts" role="img" aria-label="{escaped(said)}">{pieces}</span>'
    )
