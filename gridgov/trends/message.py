"""New signals in words: the text of a message, and the form that each receiver wants.

Forms: 企业微信 group robot (markdown, at most 4,096 bytes) and 钉钉 group robot (markdown, 20,000
bytes). What leaves the machine is aggregates by grid; a count of fewer than five persons is not
written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from math import isnan
from typing import Literal
from urllib.parse import urlsplit

from gridgov import formats
from gridgov.access.privacy import THRESHOLD
from gridgov.errors import UsageError
from gridgov.figures.control import signal_words, state_words
from gridgov.locale import _
from gridgov.metrics import METRICS
from gridgov.small_counts import small_words
from gridgov.trends.newest import NewSignal
from gridgov.trends.targets import target_words

__all__ = ["FORMS", "Form", "form_of", "mail_of", "payload", "signal_line", "subject_of"]

Form = Literal["wecom", "dingtalk"]
FORMS: dict[Form, str] = {"wecom": "企业微信", "dingtalk": "钉钉"}
_HOSTS: dict[str, Form] = {"qyapi.weixin.qq.com": "wecom", "oapi.dingtalk.com": "dingtalk"}
_LIMIT_BYTES: dict[Form, int] = {"wecom": 4096, "dingtalk": 20_000}


def form_of(url: str) -> Form:
    """The form that an address wants, by its host; 企业微信's for any other (a relay's)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:  # a bracket without its fellow
        host = None
    if not host:
        raise UsageError(_("推送地址应以 http:// 或 https:// 开头：{url}", url=_without_key(url)))
    return _HOSTS.get(host, "wecom")


def _without_key(url: str) -> str:
    """An address as it may be shown: what stands behind the question mark is a secret."""
    return url.split("?", 1)[0]


def subject_of(signals: Sequence[NewSignal], since: date, place: str) -> str:
    """One line: how many of which kind since when."""
    worse = sum(signal.tone == "worse" for signal in signals)
    return _(
        "{place}：{since} 以来 {n} 个新信号，{worse} 个需要关注",
        place=place,
        since=formats.day(since),
        n=len(signals),
        worse=worse,
    )


def signal_line(signal: NewSignal) -> str:
    """One signal in a sentence: where, what, how much against the usual range, by which rule."""
    metric = METRICS[signal.metric]
    value = formats.value(signal.value, metric.unit)
    span = formats.interval(signal.lower, signal.upper, metric.unit)
    if isnan(signal.value) or (metric.unit == "人" and 0 < signal.value < THRESHOLD):
        value = span = small_words()
    text = _(
        "{state}：{grid} {metric} {value}（正常波动范围 {span}，{rule}）",
        state=state_words(signal.tone),
        grid=signal.grid_name,
        metric=metric.label,
        value=value,
        span=span,
        rule=signal_words(signal.signal),
    )
    aim = target_words(signal.metric, signal.target, signal.assurance)
    return _("{text}；{aim}", text=text, aim=aim) if aim else text


def _lines(signals: Sequence[NewSignal], room: int, bullet: str) -> str:
    """As many lines as fit into so many bytes, and how many did not."""
    kept: list[str] = []
    used = 0
    for at, signal in enumerate(signals):
        line = f"{bullet}{signal_line(signal)}\n"
        more = bullet + _("另有 {n} 个，见趋势页", n=len(signals) - at)
        size = len(line.encode())
        if used + size + len(more.encode()) > room:
            return "".join(kept) + more
        kept.append(line)
        used += size
    return "".join(kept).rstrip("\n")


def payload(form: Form, signals: Sequence[NewSignal], since: date, place: str) -> dict[str, object]:
    """The JSON body of a message, within the receiver's limit."""
    subject = subject_of(signals, since, place)
    head = f"### {subject}\n"
    room = _LIMIT_BYTES[form] - len(head.encode()) - 8
    text = head + (_lines(signals, room, "- ") or _("没有新信号。"))
    if form == "dingtalk":
        return {"msgtype": "markdown", "markdown": {"title": subject, "text": text}}
    return {"msgtype": "markdown", "markdown": {"content": text}}


def mail_of(
    signals: Sequence[NewSignal], since: date, place: str, *, sender: str, to: Sequence[str]
) -> EmailMessage:
    """The message as plain text; addresses with line breaks are refused by `EmailMessage`."""
    mail = EmailMessage()
    mail["Subject"] = subject_of(signals, since, place)
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    body = _lines(signals, 200_000, "") or _("没有新信号。")
    mail.set_content(f"{mail['Subject']}\n\n{body}\n")
    return mail
