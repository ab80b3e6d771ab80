"""Write the role × page table into docs/security.md: `python tools/role_table.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gridgov.access.policy import Scope, level_of  # noqa: E402
from gridgov.access.roles import ROLE_LABELS, Role  # noqa: E402
from gridgov.ui.navigation import PAGES  # noqa: E402

DOCUMENT = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- role table: begin -->", "<!-- role table: end -->"
LEVELS = {"FULL": "逐条", "COUNTED": "只计数", "DEIDENTIFIED": "去标识", "ABSENT": "—"}
TABLES = (
    "fact_visit", "fact_complaint", "key_person", "household", "worker", "fact_activity",
    "mart_visit_month", "load_file", "load_finding",
)  # fmt: skip


def table() -> str:
    """Both tables as Markdown: pages by role, data by role."""
    heads = [ROLE_LABELS[role] for role in Role]
    lines = ["| 页面 | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for page in PAGES:
        cells = ["✓" if role in page.roles else "" for role in Role]
        lines.append(f"| {page.title} `/{page.name}` | " + " | ".join(cells) + " |")
    lines += ["", "| 数据 | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for name in TABLES:
        cells = [LEVELS[level_of(name, Scope(frozenset({role}))).name] for role in Role]
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def document() -> str:
    """docs/security.md with the tables between the two marks."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
