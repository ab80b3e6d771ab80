"""Whether this server asks for a login, or shows the sample to whoever sits at this machine.

The demo needs both: only the sample is published, and only the loopback address answers. Both are
looked at again at every request, so loading real data ends a running demo.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridgov.access.roles import Identity, Role, demo_identity
from gridgov.access.sessions import identity_from_cookies
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.settings import Settings
from gridgov.warehouse import is_sample_only

__all__ = [
    "Mode",
    "current_identity",
    "current_mode",
    "decide",
    "install",
    "is_local_request",
    "is_loopback",
]

_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain"})
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"via")


@dataclass(frozen=True)
class Mode:
    """How this server lets people in."""

    demo: bool
    warehouse: Path

    def still_demo(self) -> bool:
        """Whether the demo's first condition holds now: nothing but the sample is published."""
        return self.demo and is_sample_only(self.warehouse)


_installed: Mode | None = None


def install(mode: Mode | None) -> None:
    """Called once, by whoever puts the gate before the application."""
    global _installed
    _installed = mode


def current_mode() -> Mode | None:
    """The mode of this process; None where no gate stands, in which case nobody may come in."""
    return _installed


def current_identity(
    cookies: Mapping[str, str], demo_role: Role = Role.LEADER, **demo: Any
) -> Identity | None:
    """Who is asking in this script run; None: stop and show nothing.

    In the demo the person is `demo_identity(demo_role, **demo)`.
    """
    mode = current_mode()
    if mode is None:
        return None
    if mode.demo:
        return demo_identity(demo_role, **demo) if mode.still_demo() else None
    return identity_from_cookies(cookies)


def decide(settings: Settings, address: str | None, *, users: int) -> Mode:
    """Demo or login, from the settings, the address to bind and how many users there are.

    Raises `UsageError`, saying how to go on, where neither is possible.
    """
    possible = is_loopback(address) and is_sample_only(settings.warehouse)
    if settings.demo and not possible:
        raise UsageError(
            _(
                "演示模式只能在本机地址上展示示例数据。请先建用户 "
                "python -m gridgov user add admin --role administrator，再去掉 GRIDGOV_DEMO 启动"
            )
        )
    if possible and settings.demo is not False and (settings.demo or users == 0):
        return Mode(True, settings.warehouse)
    creates = settings.oidc is not None and bool(settings.oidc.create_role)
    if users == 0 and not creates:
        raise UsageError(
            _(
                "还没有用户，不能启动。请先运行 "
                "python -m gridgov user add admin --role administrator"
            )
        )
    return Mode(False, settings.warehouse)


def is_loopback(address: str | None) -> bool:
    """Whether an address or host name is this machine's own; None means every address."""
    name = (address or "").strip("[]").lower()
    if name in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_local_request(scope: Mapping[str, Any]) -> bool:
    """Whether a request came from this machine, for this machine, through no proxy.

    The Host is looked at as well: a page elsewhere can point its own name at 127.0.0.1.
    """
    server, client = scope.get("server"), scope.get("client")
    if not server or not client or not is_loopback(server[0]) or not is_loopback(client[0]):
        return False
    host = ""
    for name, value in scope["headers"]:
        if name in _FORWARDED:
            return False
        if name == b"host":
            host = value.decode("latin-1")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return is_loopback(name)
