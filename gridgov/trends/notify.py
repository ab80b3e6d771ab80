"""Sending new signals: a group robot's webhook, or mail by SMTP.

A message goes to the address that the operator gave and nowhere else: a redirect is an error, not
followed; the receiver's answer is read only for whether it took the message. Nothing is sent
without being asked for, and no address is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr
from typing import Literal
from urllib.parse import quote_plus, urlsplit

from gridgov.errors import GridGovError, UsageError
from gridgov.locale import _
from gridgov.trends.message import Form, form_of, mail_of, payload
from gridgov.trends.newest import NewSignal

__all__ = ["MailServer", "NotSent", "post", "send_mail"]

Security = Literal["auto", "tls", "starttls", "none"]
_SECURITY: tuple[Security, ...] = ("auto", "tls", "starttls", "none")
_TIMEOUT_SECONDS = 15
_ANSWER_BYTES = 10_000


class NotSent(GridGovError):
    """The receiver refused the message or could not be reached (exit status 1)."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


def post(
    url: str,
    signals: Sequence[NewSignal],
    since: date,
    place: str,
    *,
    form: Form | None = None,
    secret: str | None = None,
) -> None:
    """Post the signals to a robot. `secret` signs the request as 钉钉's "加签" wants it.

    Raises UsageError for an address that is none, NotSent where the robot does not take it.
    """
    wanted = form or form_of(url)
    form_of(url)  # an address of another scheme is refused whatever the form
    body = json.dumps(payload(wanted, signals, since, place), ensure_ascii=False).encode()
    request = urllib.request.Request(
        _signed(url, secret) if secret else url,
        data=body,
        headers={"Content-Type": "application/json; charset=utf-8"},
        method="POST",
    )
    host = urlsplit(url).hostname
    try:
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            _check(answer.read(_ANSWER_BYTES), host)
    except urllib.error.HTTPError as error:
        raise NotSent(
            _("{host} 没有接收消息（HTTP {code}），请核对推送地址", host=host, code=error.code)
        ) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        why = " ".join(str(getattr(error, "reason", error)).split())[:200]
        why = why.replace(url.partition("?")[2] or "\n", "…")
        raise NotSent(_("连不上 {host}：{why}，请检查网络和地址", host=host, why=why)) from error


def _signed(url: str, secret: str) -> str:
    stamp = str(round(time.time() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest))
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}timestamp={stamp}&sign={sign}"


def _check(answer: bytes, host: str | None) -> None:
    """Both robots answer 200 and say in the body whether they took it."""
    try:
        said = json.loads(answer)
    except ValueError:
        return
    if isinstance(said, dict) and said.get("errcode"):
        why = " ".join(str(said.get("errmsg", said["errcode"])).split())[:200]
        raise NotSent(_("{host} 没有接收消息：{why}，请核对推送地址", host=host, why=why))


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in. security "auto": STARTTLS where the server offers it.

    A password is sent over TLS alone.
    """

    host: str
    port: int = 25
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = "auto"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> MailServer:
        """GRIDGOV_SMTP (host or host:port), GRIDGOV_MAIL_FROM, GRIDGOV_SMTP_USER,
        GRIDGOV_SMTP_PASSWORD, GRIDGOV_SMTP_SECURITY. Raises UsageError naming what is missing."""
        env = os.environ if environ is None else environ
        address = env.get("GRIDGOV_SMTP", "").strip()
        host, _colon, port = address.partition(":")
        if not host or (port and not (port.isdecimal() and 0 < int(port) < 65536)):
            raise UsageError(_("发邮件需要环境变量 GRIDGOV_SMTP，写成 主机 或 主机:端口"))
        security = env.get("GRIDGOV_SMTP_SECURITY", "auto").strip().lower()
        if security not in _SECURITY:
            raise UsageError(_("环境变量 GRIDGOV_SMTP_SECURITY 只能是 auto、tls、starttls、none"))
        usual = 465 if security == "tls" else 587 if security == "starttls" else 25
        return cls(
            host=host,
            port=int(port) if port else usual,
            sender=env.get("GRIDGOV_MAIL_FROM", "").strip() or f"gridgov@{host}",
            user=env.get("GRIDGOV_SMTP_USER", ""),
            password=env.get("GRIDGOV_SMTP_PASSWORD", ""),
            security=security,
        )


def send_mail(
    server: MailServer, to: Sequence[str], signals: Sequence[NewSignal], since: date, place: str
) -> None:
    """Hand one mail to all of `to`. Raises UsageError for an address that is none, else NotSent."""
    for address in (*to, server.sender):
        if "@" not in parseaddr(address)[1] or any(char in address for char in "\r\n,"):
            raise UsageError(_("“{address}”不是邮箱地址", address=address))
    mail = mail_of(signals, since, place, sender=server.sender, to=to)
    try:
        with _connected(server) as connection:
            if server.user:
                connection.login(server.user, server.password)
            refused = connection.send_message(mail, server.sender, list(to))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise NotSent(
            _("邮件服务器 {host} 没有接收：{why}，请核对 GRIDGOV_SMTP", host=server.host, why=why)
        ) from error
    if refused:
        raise NotSent(
            _(
                "邮件服务器 {host} 拒收这些地址：{names}",
                host=server.host,
                names="、".join(sorted(refused)),
            )
        )


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_SECONDS, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.ehlo()
        offered = connection.has_extn("starttls")
        if server.security == "starttls" or (server.security == "auto" and offered):
            connection.starttls(context=context)
        elif server.user:
            raise smtplib.SMTPException(_("不在未加密的连接上发送密码"))
    except BaseException:
        connection.close()
        raise
    return connection
