"""Settings of the served application and its commands: environment variables only.

Nothing here reads a file or opens a database, so that a command can print what it would use.
Every variable begins with `GRIDGOV_`; docs/security.md lists them.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["DEFAULT_WAREHOUSE", "Network", "OidcSettings", "Settings"]

DEFAULT_WAREHOUSE = Path("data/warehouse")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class OidcSettings:
    """An OpenID Connect provider; absent unless `GRIDGOV_OIDC_ISSUER` is set.

    `claim` is the claim of the ID token that names a local user (`user.username`). With
    `create_role` a person whom the provider knows and the workspace does not is added with that
    one role; without it such a person is refused.
    """

    issuer: str
    client_id: str
    client_secret: str
    claim: str = "preferred_username"
    scope: str = "openid profile"
    redirect_url: str = ""
    create_role: str = ""
    label: str = ""


@dataclass(frozen=True)
class Settings:
    """What the environment says. `workspace_url` is an SQLAlchemy address."""

    warehouse: Path = DEFAULT_WAREHOUSE
    workspace_url: str = "sqlite:///data/workspace/workspace.sqlite"
    key_file: Path = Path("data/pseudonym.key")
    demo: bool | None = None
    trusted_proxies: tuple[Network, ...] = ()
    secure_cookie: bool | None = None
    session_idle: timedelta = timedelta(hours=2)
    session_absolute: timedelta = timedelta(hours=12)
    max_upload_mb: int = 1024
    load_memory_mb: int = 1024
    oidc: OidcSettings | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the variables. Raises `UsageError` naming the variable that is wrong."""
        env = os.environ if environ is None else environ
        warehouse = Path(env.get("GRIDGOV_WAREHOUSE") or DEFAULT_WAREHOUSE)
        key = env.get("GRIDGOV_KEY_FILE") or env.get("GRIDGOV_KEY")
        return cls(
            warehouse=warehouse,
            workspace_url=_workspace_url(env.get("GRIDGOV_WORKSPACE", ""), warehouse),
            # The same place as the loader's: beside the warehouse, never in it.
            key_file=Path(key) if key else warehouse.parent / "pseudonym.key",
            demo=_flag(env, "GRIDGOV_DEMO"),
            trusted_proxies=_networks(env.get("GRIDGOV_TRUSTED_PROXIES", "")),
            secure_cookie=_flag(env, "GRIDGOV_SECURE_COOKIE"),
            session_idle=_minutes(env, "GRIDGOV_SESSION_IDLE_MINUTES", cls.session_idle),
            session_absolute=_minutes(
                env, "GRIDGOV_SESSION_ABSOLUTE_MINUTES", cls.session_absolute
            ),
            max_upload_mb=_count(env, "GRIDGOV_MAX_UPLOAD_MB", cls.max_upload_mb),
            load_memory_mb=_count(env, "GRIDGOV_LOAD_MEMORY_MB", cls.load_memory_mb),
            oidc=_oidc(env),
        )

    @property
    def workspace_path(self) -> Path | None:
        """The SQLite file, or None when the workspace is on PostgreSQL."""
        prefix = "sqlite:///"
        if not self.workspace_url.startswith(prefix):
            return None
        return Path(self.workspace_url.removeprefix(prefix))


def _workspace_url(text: str, warehouse: Path) -> str:
    """An address as it is, a plain path as SQLite, nothing as a file beside the warehouse."""
    if not text:
        return f"sqlite:///{warehouse.parent / 'workspace' / 'workspace.sqlite'}"
    if "://" not in text:
        return f"sqlite:///{text}"
    scheme, rest = text.split("://", 1)
    # One PostgreSQL driver is installed; the usual short spellings mean it.
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    return text


def _flag(env: Mapping[str, str], name: str) -> bool | None:
    text = env.get(name, "").strip().lower()
    if not text:
        return None
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise UsageError(_("环境变量 {name} 只能是 1 或 0，现在是“{value}”", name=name, value=text))


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise UsageError(_("环境变量 {name} 应为正整数，现在是“{value}”", name=name, value=text))


def _minutes(env: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    return timedelta(minutes=_count(env, name, int(default.total_seconds() // 60)))


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(
            ipaddress.ip_network(part.strip(), strict=False)
            for part in text.split(",")
            if part.strip()
        )
    except ValueError as error:
        raise UsageError(
            _(
                "环境变量 GRIDGOV_TRUSTED_PROXIES 应为逗号分隔的地址或网段，有误：{error}",
                error=error,
            )
        ) from error


def _oidc(env: Mapping[str, str]) -> OidcSettings | None:
    issuer = env.get("GRIDGOV_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    if not env.get("GRIDGOV_OIDC_CLIENT_ID"):
        raise UsageError(_("已设置 GRIDGOV_OIDC_ISSUER，还需要设置 GRIDGOV_OIDC_CLIENT_ID"))
    return OidcSettings(
        issuer=issuer,
        client_id=env["GRIDGOV_OIDC_CLIENT_ID"],
        client_secret=env.get("GRIDGOV_OIDC_CLIENT_SECRET", ""),
        claim=env.get("GRIDGOV_OIDC_CLAIM") or OidcSettings.claim,
        scope=env.get("GRIDGOV_OIDC_SCOPE") or OidcSettings.scope,
        redirect_url=env.get("GRIDGOV_OIDC_REDIRECT_URL", ""),
        create_role=env.get("GRIDGOV_OIDC_CREATE_ROLE", ""),
        label=env.get("GRIDGOV_OIDC_LABEL", ""),
    )
