"""Whose eyes a role of the demo has: the sample's first general grid, or one worker's own sheet."""

from __future__ import annotations

from typing import Any

from gridgov.access.policy import EVERYTHING
from gridgov.access.roles import Role
from gridgov.warehouse import Warehouse

__all__ = ["demo_scope"]


def demo_scope(role: Role) -> dict[str, Any]:
    """What `demo_identity` takes beside the role."""
    if role not in {Role.SUPERVISOR, Role.WORKER}:
        return {}
    reader = Warehouse.locate().reader(EVERYTHING)
    if role is Role.SUPERVISOR:
        rows = reader.rows("queries/demo_supervisor.sql")
        return {"grid_ids": (rows[0][0],) if rows else ("",)}
    rows = reader.rows("queries/demo_worker.sql")
    return {"worker_id": rows[0][0] if rows else None}
