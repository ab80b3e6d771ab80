"""The awards' papers: committee report, candidate sheets, public notice.

They are documents of a Chinese community and are written in Chinese whatever language the
interface is in; all figures come from the evaluation.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time
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
from gridgov.awards.explain import REASONS, Line, Sheet, sheet
from gridgov.awards.fairness import DIMENSIONS, audit, funnel
from gridgov.awards.flags import FLAGS
from gridgov.awards.notice import honours, pending_names
from gridgov.report.pdf import render_pdf

__all__ = ["committee_report", "notice_paper", "report_data", "sheet_data", "sheet_papers"]

Data = dict[str, Any]
_STATES = {SELECTED: "入选", PENDING: "待定", NOT: "—"}
_OBJECTION = (
    "对事实、计数或算法有不同意见的，可在公示期内向评委会书面提出，写明哪一条记录、为什么。"
    "评委会逐条核对；确有差错的，更正后另作一次计算并附前后差异，原记录保留不改。"
)


def committee_report(evaluation: Evaluation, run_id: str) -> bytes:
    """The committee's report as PDF."""
    return render_pdf("awards_report", report_data(evaluation, run_id), made_at=_moment(evaluation))


def sheet_papers(evaluation: Evaluation, run_id: str, worker_ids: list[str]) -> bytes:
    """Candidate sheets, one after the other, as PDF. Raises KeyError for an unknown candidate."""
    data = sheet_data(evaluation, run_id, worker_ids)
    return render_pdf("awards_sheet", data, made_at=_moment(evaluation))


def notice_paper(evaluation: Evaluation, run_id: str, *, unit: str = "") -> bytes:
    """The public notice as PDF: names, unit, tier. Marked as a draft while anything is pending."""
    return render_pdf(
        "awards_notice", _notice_data(evaluation, run_id, unit), made_at=_moment(evaluation)
    )


def _moment(evaluation: Evaluation) -> datetime:
    return datetime.combine(evaluation.frozen.data_date or evaluation.scheme.period.end, time())


def _period(evaluation: Evaluation) -> str:
    period = evaluation.scheme.period
    half = {"H1": "上半年", "H2": "下半年"}.get(period.code[4:], "")
    return f"{period.start.year}年{half}"


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


def _foot(evaluation: Evaluation, run_id: str) -> str:
    frozen = evaluation.frozen
    return (
        f"数据截至 {_day(frozen.data_date)}（版本 {frozen.data_version}）　"
        f"方案 {evaluation.scheme.hash[:8]}　记录 {run_id}"
    )


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"


def _signed(hundredths: int) -> str:
    if hundredths == 0:
        return "0.00"
    return f"{'+' if hundredths > 0 else '−'}{abs(hundredths) / 100:.2f}"


def _percent(value: float, digits: int = 0) -> str:
    return "—" if math.isnan(value) else f"{value * 100:.{digits}f}%"


def _band(low: int, high: int) -> str:
    return f"{low}–{high}" if high > 0 else "—"


def _tier_names(evaluation: Evaluation) -> list[str]:
    return [tier.name for tier in evaluation.scheme.tiers]


def report_data(evaluation: Evaluation, run_id: str) -> Data:
    """What the template of the committee report shows."""
    flags = _flag_rows(evaluation)
    return {
        "title": f"{_period(evaluation)}格格评选评委会报告",
        "subtitle": evaluation.scheme.name,
        "foot": _foot(evaluation, run_id),
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
        f"评选期为 {_day(scheme.period.start)}至{_day(scheme.period.end)}。"
        f"方案校验值 {scheme.hash[:16]}，分值线与先验取自 {scheme.calibrated_on} 期数据，评选期前公布。",
        f"数据截至 {_day(frozen.data_date)}，数据版本 {frozen.data_version}；"
        f"期末之后 {scheme.caps.entry_days} 天以后录入的记录不计。本次记录编号 {run_id}，"
        f"任何人可用 awards verify 重算核对。",
        f"评委会录入：评议分 {len(entries.ratings)} 份，加分 {len(entries.bonuses)} 项，"
        f"扣分 {len(entries.deductions)} 项，复核结论 {len(entries.verdicts)} 条，"
        f"回访结果 {len(entries.callbacks)} 条，决定 {len(entries.decisions)} 项，异议 {len(entries.objections)} 件。",
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
        f"{name} {total}" for name, total in zip(_tier_names(evaluation), totals, strict=True)
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
        and (result.state[row] != NOT).any() | bool(result.certainty.top[row, 0] >= 0.05)
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
    return text + (f"其余 {rest} 人的把握低于 5%，见附件。" if rest > 0 else "")


def _row(evaluation: Evaluation, result: TrackResult, row: int, reliable: bool) -> list[str]:
    person, sure = result.candidate[row], result.certainty
    place = str(int(result.order.place[row]))
    band = _band(int(sure.low[row, 2]), int(sure.high[row, 2]))
    return [
        place if reliable else band,
        person["name"],
        person["grid_name"],
        f"{person['households']:.0f}",
        f"{person['load']:.2f}",
        _percent(float(sure.top[row, 0])),
        _outcome(evaluation, result, row),
    ]


def _outcome(evaluation: Evaluation, result: TrackResult, row: int) -> str:
    names = _tier_names(evaluation)
    told = [
        f"{name}{_STATES[str(state)]}"
        for name, state in zip(names, result.state[row], strict=True)
        if state != NOT
    ]
    return "；".join(told) or "未入选"


def _decide(evaluation: Evaluation, result: TrackResult) -> list[list[str]]:
    rows = []
    names = _tier_names(evaluation)
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
            chance = _percent(float(result.certainty.top[row, column]))
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
                    _percent(group.rate), "—" if math.isnan(group.ratio) else f"{group.ratio:.2f}",
                    "—" if math.isnan(group.p_value) else f"{group.p_value:.2f}",
                ]
            )  # fmt: skip
    return rows


def _fairness(evaluation: Evaluation) -> list[str]:
    told = [
        "各组入选率与最高组之比低于 0.80、且 p 小于 0.05 的，须说明理由；小组的比值多半是偶然，请与 p 一起看。"
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
        "1. 只用记录中的事实：事发当日在该网格任职的人得分；多人合做的按人数平分；重复、超过上限、晚于截止时间的不计，逐条列明原因。",
        "2. 率按应做的次数算，场次按户数应有的场次算；次数少的向上期平均靠拢，数据太少的取上期平均并注明。",
        "3. 到及格线得 60 分，到目标线得 100 分，两条线都取自上期，与本期其他候选人无关：去掉或加入任何人，不影响别人的分。",
        "4. 各指标得分乘权重相加，再加不超过 "
        f"{scheme.bonus_max / 100:g} 分的加分、减去查实的扣分；没有应做事项的指标，其权重分给其余各项。",
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
            text = _points(int(result.scores.contribution[row, column]))
            cells.append("–" if state == 2 else text + marks.get(state, ""))
        extra = int(result.scores.bonus[row] - result.scores.deduction[row])
        total = _points(int(result.scores.total[row]))
        rows.append([person["name"], person["grid_name"], *cells, _points(extra), total])
    return {
        "annex_note": "各列为计入总分的分数，相加即总分。* 数据不足，取上期平均；– 没有应做事项，权重分给其余各项。",
        "annex_header": ["姓名", "网格", *(ind.name for ind in indicators), "加减分", "总分"],
        "annex_columns": ["auto", "1fr", *["1fr"] * len(indicators), "auto", "auto"],
        "annex": rows,
    }


def sheet_data(evaluation: Evaluation, run_id: str, worker_ids: list[str]) -> Data:
    """What the template of the candidate sheets shows."""
    return {
        "title": f"{_period(evaluation)}格格评选个人评分单",
        "foot": _foot(evaluation, run_id),
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
    told = f"总分 {_points(one.total)} 分"
    if one.show_place:
        told += f"，名次 {one.place}" + (f"（{one.shared} 人并列）" if one.shared > 1 else "")
    else:
        told += f"；总分可靠度 {one.reliability:.2f}，不足以分出名次，只给名次区间"
    under = [group for group, points, floor in one.groups if 0 <= points < floor]
    return told + ("；低于底线的板块：" + "、".join(under) if under else "") + "。"


def _lines(one: Sheet) -> list[list[str]]:
    rows = [
        [
            line.name + ("（用所在一般网格的）" if line.pooled else ""), _raw(line), _value(line),
            "—" if line.state == "missing" else _points(line.points), f"{line.weight:.2f}%",
            "—" if line.state == "missing" else _points(line.contribution), _signed(line.gap),
        ]
        for line in one.lines
    ]  # fmt: skip
    rows.append(["加分", "", "", "", "", _points(one.bonus), _signed(one.bonus_gap)])
    rows.append(
        [
            "扣分",
            "",
            "",
            "",
            "",
            f"−{_points(one.deduction)}" if one.deduction else "0.00",
            _signed(one.deduction_gap),
        ]
    )
    rows.append(["合计", "", "", "", "", _points(one.total), _signed(one.gap)])
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
    return f"{line.value:.1f}{star}" if line.code == "peers" else _percent(line.value, 1) + star


def _bands(one: Sheet) -> list[list[str]]:
    return [
        [
            "名次区间（九成把握）",
            *(_band(*one.bands[source]) for source in ("data", "weights", "both")),
        ]
    ]


def _chance(one: Sheet) -> str:
    if one.status != "eligible":
        return "不参评，不作推演。"
    return (
        "；".join(
            f"进入{tier.tier}名额（{tier.quota} 人）的把握 {_percent(tier.probability)}，"
            f"{'评委会已定：' if tier.decided else '现为：'}{ {'selected': '入选', 'pending': '待评委会决定'}.get(tier.state, '未入选') }"
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


def _notice_data(evaluation: Evaluation, run_id: str, unit: str) -> Data:
    waiting = len(pending_names(evaluation))
    listed = honours(evaluation)
    tiers = _tier_names(evaluation)[::-1]
    parts = []
    for result in evaluation.tracks:
        for tier in tiers:
            chosen = [h for h in listed if h.track == result.track.name and h.tier == tier]
            rows = [[str(i), h.name, h.unit] for i, h in enumerate(chosen, 1)]
            parts.append({"title": f"{tier}（{result.track.name}）", "rows": rows})
    return {
        "title": f"{_period(evaluation)}格格先锋、格格榜样公示",
        "subtitle": f"草稿：尚有 {waiting} 项待评委会决定，不得张贴" if waiting else "",
        "foot": _foot(evaluation, run_id),
        "opening": [
            f"按照《{evaluation.scheme.name}》，经核算、复核和评委会评议，拟授予下列人员称号，现予公示。"
        ],
        "parts": parts,
        "closing": [
            "公示期为张贴之日起五个工作日。有不同意见的，请在公示期内向社区书面提出；"
            "本人可向评委会索取自己的评分单。名单按网格排列，不分先后。"
        ],
        "signature": unit or "评选委员会",
        "date": "　　年　　月　　日",
    }
