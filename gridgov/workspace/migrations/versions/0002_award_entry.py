"""Marks, bonus and deductions that a committee enters.

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_name", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user.id"], name=op.f("fk_award_entry_entered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_entry")),
    )
    op.create_index("ix_award_entry_period", "award_entry", ["period", "kind"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_award_entry_period", table_name="award_entry")
    op.drop_table("award_entry")
