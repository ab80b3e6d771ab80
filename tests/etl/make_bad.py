"""Writes tests/etl/bad/: one small file per check id, each breaking that check and no other.

`python -m tests.etl.make_bad` renews them; a test makes sure that they are what this would write.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["BAD", "FOLDER", "content"]

FOLDER = Path(__file__).with_name("bad")
_VISIT = (
    "走访编号,走访时间,结束时间,录入时间,走访人,所属网格,对象类别,是否见面,需求类别,需求办结时间"
)
_ACTIVITY = (
    "活动编号,活动名称,活动时间,结束时间,活动类型,举办网格,参与人次,参与户数,首次参与,满意数,评价数"
)
_COMPLAINT = (
    "工单编号,诉求类别,所属网格,承办人,受理时间,派单时间,联系时间,办理期限,办结时间,回访,是否解决"
)
_GOOD_VISIT = "V1,2025-01-03 08:05:00,,,张三,M1,,是,,"
_GOOD_COMPLAINT = "C1,噪声,M1,张三,2025-01-03 08:05:00,,,,,,"


def _visit(row: str, good: str = _GOOD_VISIT) -> str:
    return f"{_VISIT}\n{good}\n{row}\n"


def _activity(row: str) -> str:
    return f"{_ACTIVITY}\nA1,邻里日,2025-01-03 08:05:00,,邻里日,M1,9,9,1,1,2\n{row}\n"


def _complaint(row: str) -> str:
    return f"{_COMPLAINT}\n{_GOOD_COMPLAINT}\n{row}\n"


def _days(first: str, second: str) -> str:
    return f"{_VISIT}\nV1,{first},,,张三,M1,,是,,\nV2,{second},,,张三,M2,,是,,\n"


def _fall() -> str:
    rows = [_VISIT]
    # Nine weeks from Monday 2025-01-06: eight with 30 visits, the last with two.
    for week in range(9):
        for at in range(30 if week < 8 else 2):
            day = 6 + 7 * week + at % 7
            month, in_month = (1, day) if day <= 31 else (2, day - 31)
            if month == 2 and in_month > 28:
                month, in_month = 3, in_month - 28
            grid = "M1" if at % 2 else "M2"
            when = f"2025-{month:02}-{in_month:02} 08:{at:02}:00"
            rows.append(f"V{week}-{at},{when},,,张三,{grid},,是,,")
    rows.append("V-end,2025-03-09 08:05:00,,,张三,M1,,是,,")
    return "\n".join(rows) + "\n"


# File name → text. The file name begins with the check id; the rest says what it is about.
BAD: dict[str, str] = {
    "E101_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,,,是,,"),
    "E102_走访.csv": _visit("V2,昨天上午,,,张三,M1,,是,,"),
    "E103_活动.csv": _activity("A2,邻里日,2025-01-04 08:05:00,,邻里日,M1,约九人,9,1,1,2"),
    "E104_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,M1,,是,,,多出的,单元格"),
    "E105_走访.csv": _visit("5.10112E+17,2025-01-04 08:05:00,,,张三,M1,,是,,"),
    "E106_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,M1,,也许,,"),
    "E108_活动.csv": _activity("A2,邻里日,2025-01-04 08:05:00,,邻里日,M1,-9,,,,"),
    "E201_走访.csv": _visit("V2,2025-01-04 08:05:00,2025-01-04 08:00:00,,张三,M1,,是,,"),
    "E202_走访.csv": _visit("V2,2199-01-04 08:05:00,,,张三,M1,,是,,"),
    "E203_走访.csv": _visit("V2,1925-01-04 08:05:00,,,张三,M1,,是,,"),
    "E211_活动.csv": _activity("A2,邻里日,2025-01-04 08:05:00,,邻里日,M1,9,9,1,3,2"),
    "E212_活动.csv": _activity("A2,邻里日,2025-01-04 08:05:00,,邻里日,M1,9,9,10,1,2"),
    "E221_诉求.csv": _complaint("C2,噪声,M1,张三,2025-01-04 08:05:00,,,,2025-01-03 08:05:00,,"),
    "E231_任职.csv": "格格编号,网格编码,任职日期,离任日期\n"
    "W1,M1,2025-01-01,\nW2,M2,2025-02-01,2025-01-01\n",
    "W109_走访.csv": "",
    "W110_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,M1,外星人,是,,"),
    "W111_走访.csv": f"{_VISIT},天气\n{_GOOD_VISIT},晴\n",
    "W301_走访.csv": _visit("V2,2025-01-04 08:05:00,,2025-01-03 08:05:00,张三,M1,,是,,"),
    "W302_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,M1,,是,医疗,2025-01-03 08:05:00"),
    "W303_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,M1,,是,,2025-01-05 08:05:00"),
    "W311_活动.csv": _activity("A2,邻里日,2025-01-04 08:05:00,,邻里日,M1,9,10,1,1,2"),
    "W312_活动.csv": _activity("A2,邻里日,2025-01-04 08:05:00,,邻里日,M1,,,,,"),
    "W321_诉求.csv": _complaint("C2,噪声,M1,张三,2025-01-04 08:05:00,2025-01-03 08:05:00,,,,,"),
    "W322_诉求.csv": _complaint("C2,噪声,M1,张三,2025-01-04 08:05:00,,2025-01-03 08:05:00,,,,"),
    "W323_诉求.csv": _complaint("C2,噪声,M1,张三,2025-01-04 08:05:00,,,2025-01-03 08:05:00,,,"),
    "W324_诉求.csv": _complaint("C2,噪声,M1,张三,2025-01-04 08:05:00,,,,2025-01-04 08:05:00,,"),
    "W325_诉求.csv": _complaint("C2,噪声,M1,张三,2025-01-04 08:05:00,,,,,否,是"),
    "W401_走访.csv": _visit("V1,2025-01-04 08:05:00,,,张三,M2,,是,,"),
    "W402_走访.csv": _days("2025-01-03 08:05:00", "2025-01-20 08:05:00"),
    "W403_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,M1,,是,,"),
    "W404_走访.csv": _fall(),
    "W405_任职.csv": "格格编号,网格编码,任职日期,离任日期\nW1,M1,2025-01-01,\nW2,M1,2025-02-01,\n",
    "W501_走访.csv": _visit("V2,2025-01-04 08:05:00,,,没有此人,M2,,是,,"),
    "W502_走访.csv": _visit("V2,2025-01-04 08:05:00,,,张三,M9,,是,,"),
    "W503_诉求.csv": _complaint("C2,没有此类,M1,张三,2025-01-04 08:05:00,,,,,,"),
    "W504_活动.csv": _activity("A2,新玩意,2025-01-04 08:05:00,,没有此类型,M1,9,9,1,1,2"),
    "W505_签到.csv": "活动编号,签到户,签到人数\nA404,1-1-101,2\n",
    "W506_网格.csv": "网格编码,网格名称,网格层级,上级网格编码\n"
    "M1,微网格一,微网格,C\nM7,微网格七,微网格,没有\n",
}


def content(name: str) -> bytes:
    """The bytes of one bad file."""
    if name.startswith("W109"):
        # One byte that neither UTF-8 nor GB18030 knows, in text that is otherwise GB18030.
        row = "V2,2025-01-04 08:05:00,,,张三,M1,,是,医疗".encode("gb18030")
        return f"{_VISIT}\n{_GOOD_VISIT}\n".encode("gb18030") + row + b"\xff,\n"
    return BAD[name].encode()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in BAD:
        (FOLDER / name).write_bytes(content(name))


if __name__ == "__main__":
    main()
