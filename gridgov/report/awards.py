"""The committee's report. The awards' papers (this, candidate sheets, public notice)
are documents of a Chinese community, written in Chinese whatever language the
interface is in; all figures come from the evaluation.
"""

from __future__ import annotations

import math
from typing import Any

from gridgov.awards.evaluate import (
    NOT,
    PENDING,
    REVIEW,
    SELECTED,
    STATUS,
    Evaluation,
    TrackResult,
    empty_indicators,
)
from gridgov.awards.fairness import DIMENSIONS, audit, funnel
from gridgov.awards.flags import FLAGS
from gridgov.awards.notice import pending_names
from gridgov.report.awards_words import (
    band_words,
    day_words,
    foot,
    moment,
    percent_words,
    period_words,
    points_words,
    tier_names,
)
from gridgov.report.pdf import render_pdf

__all__ = ["committee_report", "report_data"]

Data = dict[str, Any]
_REACH = 0.10
_STATES = {SELECTED: "入选", PENDING: "待定", NOT: "—"}


def committee_report(evaluation: Evaluation, run_id: str, *, mark: str = "") -> bytes:
    """The committee's report as PDF. `mark`: watermark of a copy that somebody takes away."""
    data = {**report_data(evaluation, run_id), "mark": mark}
    return render_pdf("awards_report", data, made_at=moment(evaluation))


def report_data(evaluation: Evaluation, run_id: str) -> Data:
    """What the template of the committee report shows."""
    flags = _flag_rows(evaluation)
    return {
        "title": f"{period_words(evaluation)}格格评选评委会报告",
        "subtitle": evaluation.scheme.name,
        "foot": foot(evaluation, run_id),
        "basis": _basis(evaluation, run_id),
        "attendance": [_attendance(evaluation, result) for result in evaluation.tracks],
        "absent": _absent(evaluation),
        "tracks": [_track(evaluation, result) for result in evaluation.tracks],
        "decide_remark": _decide_remark(evaluation),
        "flag_remark": (
            "下列情形只提示复核，本身不扣分。复核结论为“属实”的记录不再计数，其余不变。"
            if flags
            else "没有达到提示界限的情形。"
        ),
        "flags": flags,
        "fairness": _fairness(evaluation),
        "method": _method(evaluation),
        "signers": ["主任委员", "委　　员", "委　　员", "委　　员", "记 录 人", "日　　期"],
    }


def _basis(evaluation: Evaluation, run_id: str) -> list[str]:
    scheme, frozen = evaluation.scheme, evaluation.frozen
    entries = evaluation.committee
    return [
        f"评选期为 {day_words(scheme.period.start)}至{day_words(scheme.period.end)}。"
        f"方案校验值 {scheme.hash[:16]}，分值线与先验取自 {scheme.calibrated_on} 期数据，"
        "评选期前公布。",
        f"数据截至 {day_words(frozen.data_date)}，数据版本 {frozen.data_version}；"
        f"期末之后 {scheme.caps.entry_days} 天以后录入的记录不计。本次记录编号 {run_id}，"
        f"任何人可用 awards verify 重算核对。",
        f"评委会录入：评议分 {len(entries.ratings)} 份，加分 {len(entries.bonuses)} 项，"
        f"扣分 {len(entries.deductions)} 项，复核结论 {len(entries.verdicts)} 条，"
        f"回访结果 {len(entries.callbacks)} 条，决定 {len(entries.decisions)} 项，"
        f"异议 {len(entries.objections)} 件。",
    ]


def _attendance(evaluation: Evaluation, result: TrackResult) -> list[str]:
    newcomers = int((result.status == "newcomer").sum())
    eligible = int(result.eligible.sum())
    others = len(result.workers) - eligible - newcomers
    places = _places(evaluation, result)
    counts = [str(n) for n in (len(result.workers), eligible, newcomers, others)]
    return [result.track.name, *counts, places]


def _places(evaluation: Evaluation, result: TrackResult) -> str:
    """Places of each tier over all strata."""
    seen = {stratum: row for row, stratum in enumerate(result.strata)}
    totals = [
        sum(int(result.order.quota[row, column]) for row in seen.values())
        for column in range(len(evaluation.scheme.tiers))
    ]
    return "，".join(
        f"{name} {total}" for name, total in zip(tier_names(evaluation), totals, strict=True)
    )


def _absent(evaluation: Evaluation) -> list[str]:
    return [
        f"{person['name']}（{STATUS[str(result.status[row])]}）"
        for result in evaluation.tracks
        for row, person in enumerate(result.candidate)
        if not result.eligible[row]
    ]


def _reliable(evaluation: Evaluation, result: TrackResult) -> bool:
    """True where every stratum's score is reliable enough to show places."""
    values = result.certainty.reliability[result.eligible]
    return bool(len(values) and (values >= evaluation.scheme.min_reliability).all())


def _track(evaluation: Evaluation, result: TrackResult) -> Data:
    reliable = _reliable(evaluation, result)
    rows = _shown(result, reliable)
    values = result.certainty.reliability[result.eligible]
    level = f"{float(values.min()):.2f}" if len(values) else "—"
    remark = f"总分可靠度 {level}，"
    remark += (
        f"不低于 {evaluation.scheme.min_reliability:g}，列出名次。"
        if reliable
        else f"低于 {evaluation.scheme.min_reliability:g}：本期数据分不清相近的人，"
        "下表只列名次区间，不列名次，按区间和网格排列。"
    )
    header = ["名次" if reliable else "区间", "姓名", "网格", "户数", "负荷比", "入选把握", "结果"]
    return {
        "name": result.track.name,
        "remark": remark,
        "header": header,
        "rows": [_row(evaluation, result, row, reliable) for row in rows],
        "note": _shown_note(result, rows),
        "decide": _decide(evaluation, result),
        "fair": _fair_rows(result),
        **_annex(result),
    }


def _shown(result: TrackResult, reliable: bool) -> list[int]:
    """Those who are inside, in doubt or within reach of the cut; the annex lists everyone."""
    reach = [
        row
        for row in range(len(result.workers))
        if result.eligible[row]
        and (result.state[row] != NOT).any() | bool(result.certainty.top[row, 0] >= _REACH)
    ]
    sure = result.certainty
    if reliable:
        return sorted(reach, key=lambda row: (int(result.order.place[row]), row))
    return sorted(
        reach,
        key=lambda row: (
            int(sure.low[row, 2]),
            int(sure.high[row, 2]),
            result.candidate[row]["grid_id"],
        ),
    )


def _shown_note(result: TrackResult, rows: list[int]) -> str:
    rest = int(result.eligible.sum()) - len(rows)
    text = "入选把握：在数据与权重都可能有出入的一万次推演中进入名额的比例。"
    return text + (f"其余 {rest} 人的把握低于 10%，见附件。" if rest > 0 else "")


def _row(evaluation: Evaluation, result: TrackResult, row: int, reliable: bool) -> list[str]:
    person, sure = result.candidate[row], result.certainty
    place = str(int(result.order.place[row]))
    band = band_words(int(sure.low[row, 2]), int(sure.high[row, 2]))
    return [
        place if reliable else band,
        person["name"],
        person["grid_name"],
        f"{person['households']:.0f}",
        f"{person['load']:.2f}",
        percent_words(float(sure.top[row, 0])),
        _outcome(evaluation, result, row),
    ]


def _outcome(evaluation: Evaluation, result: TrackResult, row: int) -> str:
    names = tier_names(evaluation)
    told = [
        f"{name}{_STATES[str(state)]}"
        for name, state in zip(names, result.state[row], strict=True)
        if state != NOT
    ]
    if told and "flag" in result.review[row]:
        told.append("先复核")
    return "；".join(told) or "未入选"


def _decide(evaluation: Evaluation, result: TrackResult) -> list[list[str]]:
    rows = []
    names = tier_names(evaluation)
    words = {(d.worker_id, d.tier): d for d in evaluation.committee.decisions}
    for row in range(len(result.workers)):
        for column, name in enumerate(names):
            decision = words.get((result.workers[row], name))
            if result.state[row, column] != PENDING and decision is None:
                continue
            why = "、".join(
                REVIEW[reason] for reason in result.review[row] if reason in ("band", "tie")
            )
            told = (
                f"{'入选' if decision.selected else '不入选'}：{decision.reason}（{decision.by}）"
                if decision
                else ""
            )
            person = result.candidate[row]
            chance = percent_words(float(result.certainty.top[row, column]))
            rows.append(
                [person["name"], person["grid_name"], name, chance, why or "上一称号待定", told]
            )
    return rows


def _decide_remark(evaluation: Evaluation) -> str:
    low, high = evaluation.scheme.band
    waiting = len(pending_names(evaluation))
    return (
        f"入选把握在 {low:.0%} 与 {high:.0%} 之间，或在分界处并列的，分数不足以分出先后，"
        f"由评委会决定并记录理由。现有 {waiting} 项待定。"
    )


def _flag_rows(evaluation: Evaluation) -> list[list[str]]:
    verdicts: dict[tuple[str, str], list[str]] = {}
    for verdict in evaluation.committee.verdicts:
        told = "属实" if verdict.verdict == "confirmed" else "不属实"
        verdicts.setdefault((verdict.worker_id, verdict.flag), []).append(
            f"{told}：{verdict.reason}"
        )
    rows: dict[str, list[Any]] = {}
    people = {
        person["worker_id"]: person for result in evaluation.tracks for person in result.candidate
    }
    for row in evaluation.flagged.flag.to_pylist():
        kind = FLAGS[row["flag"]]
        if row["raised"] and not kind.information and row["worker_id"] in people:
            person = people[row["worker_id"]]
            item = rows.setdefault(
                row["worker_id"], [person["name"], person["grid_name"], [], 0, []]
            )
            item[2].append(kind.zh)
            item[3] = max(item[3], row["records"])
            item[4] += verdicts.get((row["worker_id"], row["flag"]), [])
    ordered = sorted(rows.values(), key=lambda item: (-len(item[2]), item[1]))
    return [
        [n, g, "、".join(kinds), str(count), "；".join(said)]
        for n, g, kinds, count, said in ordered
    ]


def _fair_rows(result: TrackResult) -> list[list[str]]:
    rows = []
    for dimension in ("kind", "size", "tenure"):
        for group in audit(result).groups[dimension]:
            label = f"{DIMENSIONS[dimension]}：{group.group}"
            rows.append(
                [
                    result.track.name, label, str(group.eligible), str(group.selected),
                    percent_words(group.rate),
                    "—" if math.isnan(group.ratio) else f"{group.ratio:.2f}",
                    "—" if math.isnan(group.p_value) else f"{group.p_value:.2f}",
                ]
            )  # fmt: skip
    return rows


def _fairness(evaluation: Evaluation) -> list[str]:
    told = [
        "各组入选率与最高组之比低于 0.80、且 p 小于 0.05 的，须说明理由；"
        "小组的比值多半是偶然，请与 p 一起看。"
        "“入选”按排序或已作的决定计。"
    ]
    for result in evaluation.tracks:
        found = audit(result)
        worries = [f"{DIMENSIONS[name]}“{group.group}”" for name, group in found.concerns]
        rho = found.size.rho
        size = (
            "人数太少，未算"
            if math.isnan(rho)
            else f"{rho:+.2f}（p = {found.size.p_value:.2f}）".replace("-", "−")
        )
        outside = _outside(result)
        told.append(
            f"{result.track.name}：须说明的分组{'为' + '、'.join(worries) if worries else '没有'}；"
            f"总分与网格户数的等级相关 {size}；{outside}"
        )
    return told


def _outside(result: TrackResult) -> str:
    """Who lies outside the funnel that size and the usual spread explain."""
    parts = []
    for indicator in result.track.indicators:
        found = funnel(result, indicator.code)
        if found is not None and (found.outside != 0).any():
            high, low = int((found.outside > 0).sum()), int((found.outside < 0).sum())
            parts.append(f"{indicator.name}偏高 {high} 人、偏低 {low} 人")
    if not parts:
        return "各指标都在漏斗图的 99.8% 界限之内。"
    return "超出漏斗图 99.8% 界限的：" + "，".join(parts) + "。"


def _method(evaluation: Evaluation) -> list[str]:
    scheme = evaluation.scheme
    told = [
        "1. 只用记录中的事实：事发当日在该网格任职的人得分；多人合做的按人数平分；"
        "重复、超过上限、晚于截止时间的不计，逐条列明原因。",
        "2. 率按应做的次数算，场次按户数应有的场次算；次数少的向上期平均靠拢，"
        "数据太少的取上期平均并注明。",
        "3. 到及格线得 60 分，到目标线得 100 分，两条线都取自上期，"
        "与本期其他候选人无关：去掉或加入任何人，不影响别人的分。",
        "4. 各指标得分乘权重相加，再加不超过 "
        f"{scheme.bonus_max / 100:g} 分的加分、减去查实的扣分；"
        "没有应做事项的指标，其权重分给其余各项。",
        f"5. 用固定种子 {scheme.seed} 推演 {scheme.draws:,} 次，给出名次区间和入选把握。",
    ]
    for result in evaluation.tracks:
        empty = empty_indicators(result)
        names = [ind.name for ind in result.track.indicators if ind.code in empty]
        if names:
            told.append(
                f"{result.track.name}本期没有数据的指标：{'、'.join(names)}，其权重已分给其余各项。"
            )
    return told


def _annex(result: TrackResult) -> Data:
    indicators = result.track.indicators
    rows = []
    marks = {1: "*", 2: "–"}
    for row, person in enumerate(result.candidate):
        if not result.eligible[row]:
            continue
        cells = []
        for column in range(len(indicators)):
            state = int(result.scores.state[row, column])
            text = points_words(int(result.scores.contribution[row, column]))
            cells.append("–" if state == 2 else text + marks.get(state, ""))
        extra = int(result.scores.bonus[row] - result.scores.deduction[row])
        total = points_words(int(result.scores.total[row]))
        grid = person["grid_name"].removeprefix(person["stratum_name"])
        rows.append([person["name"], grid, *cells, points_words(extra), total])
    return {
        "annex_note": "各列为计入总分的分数，相加即总分。* 数据不足，取上期平均；"
        "– 没有应做事项，权重分给其余各项。",
        "annex_header": ["姓名", "网格", *(ind.name for ind in indicators), "加减分", "总分"],
        "annex_columns": ["auto", "auto", *["1fr"] * len(indicators), "auto", "auto"],
        "annex": rows,
    }
