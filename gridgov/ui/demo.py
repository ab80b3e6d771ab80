"""Trying the sample without a login: only the sample, only on the loopback address."""

from __future__ import annotations

import ipaddress

import streamlit as st

from gridgov.access.policy import EVERYTHING
from gridgov.access.roles import Identity, Role, demo_identity
from gridgov.settings import Settings
from gridgov.warehouse import Warehouse, is_sample_only

__all__ = ["demo_allowed", "demo_scope"]


def demo_allowed() -> bool:
    """True when nobody needs to log in: the sample alone is published, for this machine alone."""
    settings = Settings.from_environment()
    return settings.demo is not False and _on_loopback() and is_sample_only(settings.warehouse)


def _on_loopback() -> bool:
    address = str(st.get_option("server.address") or "")
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def demo_scope(role: Role) -> Identity:
    """Someone of the sample: a supervisor gets the first general grid, a worker their sheet."""
    reader = Warehouse.locate().reader(EVERYTHING)
    if role is Role.SUPERVISOR:
        rows = reader.rows("queries/demo_supervisor.sql")
        return demo_identity(role, grid_ids=(rows[0][0],) if rows else ("",))
    if role is Role.WORKER:
        rows = reader.rows("queries/demo_worker.sql")
        return demo_identity(role, worker_id=rows[0][0] if rows else None)
    return demo_identity(role)
