"""data/README.md: the data dictionary, generated from the declarations."""

from __future__ import annotations

from etl.findings import CHECKS
from gridgov.schema import TABLES, Check, Column, Table

__all__ = ["dictionary_text"]

_KINDS = {
    "key": "编号（文本）",
    "text": "短文本",
    "name": "名称",
    "note": "自由文本，入库前抹去电话、证件号、车牌",
    "choice": "取值见下，未知值保留并列出",
    "worker": "格格",
    "workers": "格格，可多名",
    "grid": "网格编码或名称",
    "household": "入库前换成代号 H…",
    "person": "入库前换成代号 P…",
    "timestamp": "时间（本地）",
    "date": "日期",
    "count": "非负整数",
    "integer": "整数",
    "decimal": "小数",
    "flag": "是/否",
    "list": "多个标签，顿号分隔",
    "outline": "GeoJSON",
}
_HEAD = """# 数据字典 Data dictionary

由 `python -m etl dictionary --out data/README.md` 从 `gridgov/schema` 生成，请勿手改。

每张表的每一行另有 `batch_id, file_id, row_number`（批次、文件、原文件行号）；
更正前的旧值在同名的 `…_history` 表里，`replaced_by` 是更正它的批次。
表头按标签、列名或别名识别，宽窄、空格、括号里的单位和换行都不计。
"""


def dictionary_text() -> str:
    """The whole dictionary as Markdown."""
    parts = [_HEAD]
    parts += [_table(table) for table in TABLES.values()]
    parts.append("## 通用检查 Checks on every table\n\n" + _checks(tuple(CHECKS.values())))
    return "\n".join(parts)


def _table(table: Table) -> str:
    kind = "台账" if table.role == "log" else "参照表"
    lines = [
        f"## {table.label} `{table.name}` {table.label_en}",
        "",
        f"{kind}，{table.grain}。主键：{'、'.join(table.key)}。"
        + (f"没有编号时按 {'、'.join(table.natural_key)} 识别。" if table.natural_key else ""),
        "",
        "| 列 | 名称 | English | 类型 | 必填 | 别名 | 说明 |",
        "|---|---|---|---|---|---|---|",
        *(_column(column) for column in table.columns),
        "",
    ]
    for column in table.columns:
        if column.values:
            values = "；".join(
                f"{value.code}（{'、'.join(value.synonyms)}）" if value.synonyms else value.code
                for value in column.values
            )
            lines += [f"`{column.name}` 取值：{values}", ""]
    if table.checks:
        lines += [_checks(table.checks)]
    return "\n".join(lines)


def _column(column: Column) -> str:
    unit = f"（{column.unit}）" if column.unit else ""
    cells = (
        f"`{column.name}` {column.sql_type}",
        column.label + unit,
        column.label_en,
        _KINDS[column.kind],
        "是" if column.required else "",
        "、".join(column.aliases),
        column.description,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _checks(checks: tuple[Check, ...]) -> str:
    lines = ["| 检查 | 结果 | 说明 | English |", "|---|---|---|---|"]
    for check in checks:
        outcome = "拒收该行" if check.severity == "error" else "提醒，保留"
        lines.append(f"| {check.id} | {outcome} | {check.zh} | {check.en} |")
    return "\n".join(lines) + "\n"
