"""Make what the awards' documents show: scheme, example record, papers, docs/awards.md.

    python tools/make_awards.py            everything, from the sample in data/sample
    python tools/make_awards.py --doc      docs/awards.md alone, from the committed record

The document's figures come from the record, so that a reader can follow one real candidate.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gridgov.awards.calibrate import calibrate  # noqa: E402
from gridgov.awards.evaluate import Evaluation, evaluate  # noqa: E402
from gridgov.awards.explain import Sheet, sheet  # noqa: E402
from gridgov.awards.flags import FLAGS  # noqa: E402
from gridgov.awards.inputs import freeze  # noqa: E402
from gridgov.awards.period import parse_period  # noqa: E402
from gridgov.awards.record import load, reevaluate, write  # noqa: E402
from gridgov.awards.scheme import Indicator, Scheme  # noqa: E402
from gridgov.awards.scheme_file import read_scheme  # noqa: E402

SCHEME = ROOT / "data/schemes/2026H1.toml"
EXAMPLE = ROOT / "docs/example-record"
RECORD = EXAMPLE / "2026H1"
DOCUMENT = ROOT / "docs/awards.md"
TEMPLATE = ROOT / "docs/awards.template.md"
MEASURED = ROOT / "docs/awards-measured.json"
TRACK = "微网实格员"
# Rules of benchmarks/award_priors.py that the document compares.
_RULES = {
    "raw": "不平滑",
    "fit": "直接取最可能的值",
    "adjusted": "修正，不设限",
    "cap 0.75": "修正并设限",
}


def make_scheme(warehouse: Path) -> Scheme:
    """Calibrate the default scheme anew, after its own pattern."""
    from gridgov.warehouse import Warehouse

    found = calibrate(Warehouse(warehouse).reader(), read_scheme(SCHEME), parse_period("2026H1"))
    SCHEME.write_text(found.text, encoding="utf-8")
    return found.scheme


def make_record(warehouse: Path, scheme: Scheme) -> Evaluation:
    """Run the scheme over the sample and write the record with its papers."""
    from gridgov.report.awards import committee_report
    from gridgov.report.awards_notice import notice_paper
    from gridgov.report.awards_sheet import sheet_papers
    from gridgov.report.awards_xlsx import score_workbook
    from gridgov.warehouse import Warehouse

    reader = Warehouse(warehouse).reader()
    made = evaluate(scheme, freeze(reader, scheme, data_version=reader.version.number))
    shutil.rmtree(EXAMPLE, ignore_errors=True)
    name = str(write(RECORD, made)["run_id"])
    chosen = example_of(made).worker_id
    for file, content in (
        ("评委会报告.pdf", committee_report(made, name)),
        ("个人评分单.pdf", sheet_papers(made, name, [chosen])),
        ("公示草稿.pdf", notice_paper(made, name)),
        ("全表.xlsx", score_workbook(made, name)),
    ):
        (EXAMPLE / file).write_bytes(content)
    return made


def example_of(made: Evaluation) -> Sheet:
    """Whom the document follows: of those at the cut-off, without a flag and with own figures in
    most indicators, the first by number."""
    result = made.track(TRACK)
    quota = int(result.order.quota[0, 0])
    rows = [
        row
        for row in range(len(result.workers))
        if result.eligible[row]
        and "band" in result.review[row]
        and "flag" not in result.review[row]
        and not (result.scores.state[row][:5] == 2).any()
        and result.scores.state[row, 0] == 0
    ]
    rows.sort(key=lambda row: (abs(int(result.order.place[row]) - quota), result.workers[row]))
    return sheet(made, result.workers[rows[0]])


def document(made: Evaluation, run: str) -> str:
    """docs/awards.md: the template with the figures of one candidate and of the run."""
    one = example_of(made)
    track = made.scheme.track(one.track)
    contact = one.lines[0]
    indicator = track.indicators[0]
    part = contact.components[0]
    prior = indicator.priors[0]
    values = {
        "run": run,
        "name": one.person["name"],
        "grid": one.person["grid_name"],
        "general": one.person["general_name"],
        "days": one.person["present_days"],
        "due": f"{one.person['due']:.0f}",
        "households": f"{one.person['households']:.0f}",
        "load": f"{one.person['load']:.2f}",
        "made": f"{part.observed:g}",
        "exposure": f"{part.exposure:g}",
        "raw": f"{contact.raw:.1%}",
        "a": f"{prior.a:g}",
        "b": f"{prior.b:g}",
        "prior_n": f"{prior.a + prior.b:g}",
        "prior_rate": f"{prior.a / (prior.a + prior.b):.1%}",
        "shrunk": f"{contact.value:.4f}",
        "shrunk_percent": f"{contact.value:.1%}",
        "information": f"{contact.information:.2f}",
        "floor": f"{indicator.floor:g}",
        "goal": f"{indicator.goal:g}",
        "points": f"{contact.points / 100:.2f}",
        "weight": f"{indicator.weight / 100:g}",
        "contribution": f"{contact.contribution / 100:.2f}",
        "spread_weight": f"{contact.weight:.2f}",
        "missing": "、".join(line.name for line in one.lines if line.state == "missing") or "没有",
        "left": f"{_present(one, track.indicators):g}",
        "total": f"{one.total / 100:.2f}",
        "place": one.place,
        "quota": one.tiers[0].quota,
        "quota_2": one.tiers[1].quota,
        "eligible": int(made.track(one.track).eligible.sum()),
        "chance": f"{one.tiers[0].probability:.0%}",
        "low_data": one.bands["data"][0],
        "high_data": one.bands["data"][1],
        "low_weights": one.bands["weights"][0],
        "high_weights": one.bands["weights"][1],
        "low_both": one.bands["both"][0],
        "high_both": one.bands["both"][1],
        "reliability": f"{one.reliability:.2f}",
        "gap": f"{one.gap / 100:+.2f}".replace("-", "−"),
        "cut": made.of(one.cut_worker)[0].candidate[made.of(one.cut_worker)[1]]["name"],
        "draws": f"{made.scheme.draws:,}",
        "seed": made.scheme.seed,
        "table": _table(one, track.indicators),
        "left_out": _left_out(one),
        "flags": _flags(made),
        "pending": sum(int((r.state[:, 0] == "pending").sum()) for r in made.tracks),
        "groups": "；".join(
            f"{group} {points / 100:.2f} 分（底线 {floor / 100:g}）"
            for group, points, floor in one.groups
            if points >= 0 and floor > 0
        ),
    }
    values |= _rule(made.scheme) | _measured()
    text = TEMPLATE.read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", str(value))
    if "{{" in text:
        raise ValueError(f"unfilled: {text[text.index('{{') :][:40]}")
    return text


def _rule(scheme: Scheme) -> dict[str, str]:
    limit = scheme.prior_limit
    return {
        "prior_cap": f"{limit.cap:g}",
        "prior_least": f"{limit.least:g}",
        "prior_share": f"{1 / (1 + limit.cap):.0%}",
    }


def _measured() -> dict[str, str]:
    """What benchmarks measured, from docs/awards-measured.json (see benchmarks/award_*.py)."""
    told = json.loads(MEASURED.read_text(encoding="utf-8"))
    flags = told["flags"]
    planted, caught, honest, raised = (
        sum(row[key] for row in flags) for key in ("planted", "caught", "honest", "honest_raised")
    )
    each = [n for row in flags for n in row["flags_each"]]
    speed = ["| 做什么 | 处理器时间 | 用时 | 内存 | 要求 |", "|---|--:|--:|--:|--:|"]
    return {
        "seeds": _seeds(flags),
        "seeds_count": str(len(flags)),
        "seeds_planted": str(planted),
        "seeds_caught": str(caught),
        "seeds_flags": f"{min(each)}–{max(each)}",
        "seeds_honest": str(honest),
        "seeds_raised": str(raised),
        "seeds_share": f"{raised / honest:.1%}",
        "seeds_most": str(max(row["honest_most_flags"] for row in flags)),
        "priors": _priors(told["priors"]),
        "speed_note": told["speed_note"],
        "speed": "\n".join([*speed, *(f"| {' | '.join(row)} |" for row in told["speed"])]),
    }


def _seeds(rows: list[dict[str, Any]]) -> str:
    lines = ["| 随机种子 | 编造的三人 | 各几项 | 老实人被提示 | 因为 |", "|--:|--:|--:|--:|---|"]
    for row in rows:
        kinds = "、".join(f"{code} {n} 人" for code, n in row["honest_kinds"].items())
        lines.append(
            f"| {row['seed']} | 提示 {row['caught']} 人 | {'、'.join(map(str, row['flags_each']))} "
            f"| {row['honest_raised']} / {row['honest']} | {kinds} |"
        )
    return "\n".join(lines)


def _priors(rows: list[dict[str, Any]]) -> str:
    lines = [
        f"| 谁、哪一项 | 真实差别 | {' | '.join(_RULES.values())} |",
        "|---|--:|" + "--:|" * len(_RULES),
    ]
    for row in rows:
        cells = [
            f"{found:.1f}" + ("" if rule == "raw" else f"（{few:.0%}）")
            for rule, (found, few) in ((rule, row["found"][rule]) for rule in _RULES)
        ]
        spread = f"{row['spread'] * 100:g} 个百分点" if row["spread"] else "没有"
        lines.append(f"| {row['situation']} | {spread} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _present(one: Sheet, indicators: tuple[Indicator, ...]) -> float:
    """Percent of the weights that rest on something due."""
    pairs = zip(indicators, one.lines, strict=True)
    return sum(ind.weight for ind, line in pairs if line.state != "missing") / 100


def _table(one: Sheet, indicators: tuple[Indicator, ...]) -> str:
    lines = [
        "| 指标 | 实际 / 应有 | 平滑后 | 得分 | 权重 | 计入总分 |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for line, indicator in zip(one.lines, indicators, strict=True):
        if line.state == "missing":
            lines.append(
                f"| {line.name} | 没有应做事项 | — | — | {indicator.weight / 100:g} → 0 | — |"
            )
            continue
        part = line.components[0]
        star = "＊" if line.state == "insufficient" else ""
        pool = "（所在一般网格）" if line.pooled else ""
        lines.append(
            f"| {line.name}{pool} | {part.observed:g} / {part.exposure:g} | {line.value:.1%}{star} "
            f"| {line.points / 100:.2f} | {indicator.weight / 100:g} → {line.weight:.2f} "
            f"| {line.contribution / 100:.2f} |"
        )
    lines.append(f"| **合计** | | | | | **{one.total / 100:.2f}** |")
    return "\n".join(lines)


def _left_out(one: Sheet) -> str:
    from gridgov.awards.explain import REASONS

    told = [f"走访 {n} 条：{REASONS[reason]}" for reason, n in sorted(one.left_out_visits.items())]
    told += [
        f"{line.name} {n} 条：{REASONS[reason]}"
        for line in one.lines
        for reason, n in sorted(line.left_out.items())
    ]
    return "；".join(told) or "没有"


def _flags(made: Evaluation) -> str:
    """Who has raised flags, and which; names as in the sample."""
    people = {p["worker_id"]: p for result in made.tracks for p in result.candidate}
    kinds: dict[str, list[str]] = {}
    for row in made.flagged.flag.to_pylist():
        if row["raised"] and not FLAGS[row["flag"]].information:
            kinds.setdefault(row["worker_id"], []).append(row["flag"])
    ordered = sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = ["| 姓名 | 网格 | 情形 |", "|---|---|---|"]
    for who, codes in ordered:
        told = "、".join(f"{code} {FLAGS[code].zh}" for code in codes)
        lines.append(f"| {people[who]['name']} | {people[who]['grid_name']} | {told} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--doc", action="store_true", help="only docs/awards.md")
    parser.add_argument("--warehouse", type=Path, help="a warehouse with the sample, else loaded")
    chosen = parser.parse_args()
    if not chosen.doc:
        with tempfile.TemporaryDirectory() as folder:
            warehouse = chosen.warehouse or Path(folder)
            if chosen.warehouse is None:
                from etl.load import load as load_files

                load_files([ROOT / "data/sample"], warehouse)
            make_record(warehouse, make_scheme(warehouse))
    record = load(RECORD)
    DOCUMENT.write_text(document(reevaluate(record), record.id), encoding="utf-8")


if __name__ == "__main__":
    main()
