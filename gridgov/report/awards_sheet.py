"""Candidate sheets: one page each that explains a score to the person whom it concerns."""

from __future__ import annotations

from typing import Any

from gridgov.awards.evaluate import STATUS, Evaluation
from gridgov.awards.explain import REASONS, Line, Sheet, sheet
from gridgov.report.awards_words import (
    band_words,
    foot,
    moment,
    percent_words,
    period_words,
    points_words,
    signed_words,
)
from gridgov.report.pdf import render_pdf

__all__ = ["sheet_data", "sheet_papers"]

Data = dict[str, Any]
_STATES = {"selected": "入选", "pending": "待评委会决定", "no": "未入选"}
_OBJECTION = (
    "对事实、计数或算法有不同意见的，可在公示期内向评委会书面提出，写明哪一条记录、为什么。"
    "评委会逐条核对；确有差错的，更正后另作一次计算并附前后差异，原记录保留不改。"
)


def sheet_papers(
    evaluation: Evaluation, run_id: str, worker_ids: list[str], *, mark: str = ""
) -> bytes:
    """Candidate sheets, one after the other, as PDF. `mark`: watermark of a copy that somebody
    takes away. Raises KeyError for an unknown candidate."""
    data = {**sheet_data(evaluation, run_id, worker_ids), "mark": mark}
    return render_pdf("awards_sheet", data, made_at=moment(evaluation))


def sheet_data(evaluation: Evaluation, run_id: str, worker_ids: list[str]) -> Data:
    """What the template of the candidate sheets shows."""
    return {
        "title": f"{period_words(evaluation)}格格评选个人评分单",
        "foot": foot(evaluation, run_id),
        "sheets": [_sheet(sheet(evaluation, worker)) for worker in worker_ids],
        "objection": _OBJECTION,
    }


def _sheet(one: Sheet) -> Data:
    person = one.person
    return {
        "heading": f"{person['name']}　{person['grid_name']}",
        "facts": [
            ["赛道", one.track, "所在一般网格", person["general_name"] or "—"],
            [
                "在岗天数",
                f"{person['present_days']} 天",
                "户数（平均）",
                f"{person['households']:.0f} 户",
            ],
            ["应联系人·期", f"{person['due']:.0f}", "负荷比", f"{person['load']:.2f}"],
        ],
        "verdict": _verdict(one),
        "lines": _lines(one),
        "line_note": (
            "平滑后：次数少的向上期平均靠拢。* 数据不足，取上期平均。"
            "与分界之差：本项比分界处那一位多（+）或少（−）几分，各项相加等于总分之差。"
        ),
        "bands": _bands(one),
        "chance": _chance(one),
        "left_out": _left_out(one),
    }


def _verdict(one: Sheet) -> str:
    if one.status != "eligible":
        return f"本期{STATUS[one.status]}，以下分数仅供本人了解。"
    told = f"总分 {points_words(one.total)} 分"
    if one.show_place:
        told += f"，名次 {one.place}" + (f"（{one.shared} 人并列）" if one.shared > 1 else "")
    else:
        told += f"；总分可靠度 {one.reliability:.2f}，不足以分出名次，只给名次区间"
    under = [group for group, points, floor in one.groups if 0 <= points < floor]
    if under:
        told += "；低于底线的板块：" + "、".join(under)
    if "flag" in one.review:
        told += "；有待复核的情形，复核之前不公示"
    return told + "。"


def _lines(one: Sheet) -> list[list[str]]:
    rows = [
        [
            line.name + ("（用所在一般网格的）" if line.pooled else ""), _raw(line), _value(line),
            "—" if line.state == "missing" else points_words(line.points), f"{line.weight:.2f}%",
            "—" if line.state == "missing" else points_words(line.contribution),
            signed_words(line.gap),
        ]
        for line in one.lines
    ]  # fmt: skip
    rows.append(["加分", "", "", "", "", points_words(one.bonus), signed_words(one.bonus_gap)])
    rows.append(
        [
            "扣分",
            "",
            "",
            "",
            "",
            f"−{points_words(one.deduction)}" if one.deduction else "0.00",
            signed_words(one.deduction_gap),
        ]
    )
    rows.append(["合计", "", "", "", "", points_words(one.total), signed_words(one.gap)])
    return rows


def _raw(line: Line) -> str:
    if line.state == "missing":
        return "没有应做事项"
    if len(line.components) > 1:
        observed = sum(part.observed for part in line.components)
        exposure = sum(part.exposure for part in line.components)
        return f"{_count(observed)} / {exposure:.1f} 场"
    part = line.components[0]
    if line.code == "peers":
        return f"{_count(part.exposure)} 份"
    return f"{_count(part.observed)} / {_count(part.exposure)}"


def _count(value: float) -> str:
    return f"{value:.0f}" if abs(value - round(value)) < 1e-9 else f"{value:.2f}"


def _value(line: Line) -> str:
    if line.state == "missing":
        return "—"
    star = "*" if line.state == "insufficient" else ""
    if len(line.components) > 1:
        return f"{line.value:.2f} / 5{star}"
    return (
        f"{line.value:.1f}{star}" if line.code == "peers" else percent_words(line.value, 1) + star
    )


def _bands(one: Sheet) -> list[list[str]]:
    return [
        [
            "名次区间（九成把握）",
            *(band_words(*one.bands[source]) for source in ("data", "weights", "both")),
        ]
    ]


def _chance(one: Sheet) -> str:
    if one.status != "eligible":
        return "不参评，不作推演。"
    return (
        "；".join(
            f"进入{tier.tier}名额（{tier.quota} 人）的把握 {percent_words(tier.probability)}，"
            f"{'评委会已定：' if tier.decided else '现为：'}{_STATES[tier.state]}"
            for tier in one.tiers
        )
        + "。"
    )


def _left_out(one: Sheet) -> list[list[str]]:
    rows = [
        ["走访", REASONS[reason], str(count)]
        for reason, count in sorted(one.left_out_visits.items())
    ]
    for line in one.lines:
        rows += [
            [line.name, REASONS[reason], str(n)] for reason, n in sorted(line.left_out.items())
        ]
    return rows
