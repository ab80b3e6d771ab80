"""The public notice: names, unit and tier."""

from __future__ import annotations

from typing import Any

from gridgov.awards.evaluate import Evaluation
from gridgov.awards.notice import honours, open_matters
from gridgov.report.awards_words import foot, moment, period_words, tier_names
from gridgov.report.pdf import render_pdf

__all__ = ["notice_data", "notice_paper"]

Data = dict[str, Any]


def notice_paper(evaluation: Evaluation, run_id: str, *, unit: str = "") -> bytes:
    """The public notice as PDF: names, unit, tier. Marked as a draft while anything is pending."""
    return render_pdf(
        "awards_notice", notice_data(evaluation, run_id, unit), made_at=moment(evaluation)
    )


def notice_data(evaluation: Evaluation, run_id: str, unit: str) -> Data:
    waiting = len(open_matters(evaluation))
    listed = honours(evaluation)
    tiers = tier_names(evaluation)[::-1]
    parts = []
    for result in evaluation.tracks:
        for tier in tiers:
            chosen = [h for h in listed if h.track == result.track.name and h.tier == tier]
            rows = [[str(i), h.name, h.unit] for i, h in enumerate(chosen, 1)]
            parts.append({"title": f"{tier}（{result.track.name}）", "rows": rows})
    return {
        "title": f"{period_words(evaluation)}{'、'.join(tier_names(evaluation))}公示",
        "subtitle": f"草稿：尚有 {waiting} 项待评委会决定或复核，不得张贴" if waiting else "",
        "foot": foot(evaluation, run_id),
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
