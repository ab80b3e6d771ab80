"""A small world in which every awkward case occurs at least once.

Two communities. 第2网格 of the first is split on 16 September 2025 into 第21网格 and 第22网格, whose
stock is stated; 微网格's stock is not. A worker changes on the day. Deadlines run over 国庆 2025
(1 to 8 October, with 28 September and 11 October worked). Seeded noise fills the rest.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

__all__ = ["hard_cases"]

Row = dict[str, object]
_LAST = datetime(2025, 12, 18)
_FIRST = datetime(2025, 3, 5)
_HOUSEHOLDS = 60


def hard_cases(seed: int = 7) -> dict[str, list[Row]]:
    """Rows by table, as `tests.warehouses.make_warehouse` takes them."""
    pick = random.Random(seed)
    return {
        "grid": _grids(),
        "grid_month": _stock(pick),
        "worker": _workers(),
        "worker_alias": [{"alias": "zhangsan01", "worker_id": "W1"}],
        "tenure": _tenures(),
        "household": _households(),
        "key_person": _key_persons(pick),
        "calendar": _calendar(),
        "activity_type": _types(),
        "complaint_category": _categories(),
        "visit": [*_planted_visits(), *(_visit(pick, i) for i in range(900))],
        "activity": [_activity(pick, i) for i in range(160)],
        "attendance": _sign_ins(pick),
        "complaint": [*_planted_complaints(), *(_complaint(pick, i) for i in range(500))],
    }


def _grids() -> list[Row]:
    rows: list[Row] = [
        {"grid_id": "C1", "name": "东山社区", "level": "社区"},
        {"grid_id": "C2", "name": "西河社区", "level": "社区"},
    ]
    general = [
        ("G1", "东山社区第1网格", "C1", None, None, True),
        ("G2", "东山社区第2网格", "C1", None, date(2025, 9, 15), False),
        ("G21", "东山社区第21网格", "C1", date(2025, 9, 16), None, True),
        ("G22", "东山社区第22网格", "C1", date(2025, 9, 16), None, None),
        ("G9", "西河社区第1网格", "C2", None, None, False),
    ]
    for grid_id, name, parent, since, until, party in general:
        rows.append(
            {
                "grid_id": grid_id,
                "name": name,
                "level": "一般",
                "parent_id": parent,
                "valid_from": since,
                "valid_to": until,
                "has_party_organisation": party,
                "kind": "商品房",
            }
        )
    for number in (1, 2, 3):
        rows.append(
            {
                "grid_id": f"G1M{number}",
                "name": f"东山社区1-0{number}微网格",
                "level": "微",
                "parent_id": "G1",
                "has_party_organisation": number == 1,
            }
        )
    return rows


def _stock(pick: random.Random) -> list[Row]:
    """G2 until August and, wrongly still, September; its halves from September; G9 in one month."""
    rows: list[Row] = []
    for grid_id, months in {
        "G1": range(3, 12),
        "G2": range(3, 10),
        "G21": range(9, 13),
        "G22": range(9, 13),
        "G9": range(6, 7),
    }.items():
        for month in months:
            households = pick.randint(20, 60)
            rows.append(
                {
                    "grid_id": grid_id,
                    "month": date(2025, month, 1),
                    "households": households,
                    "residents": households * 3,
                    "shops": 0 if grid_id == "G9" else 4,
                }
            )
    return rows


def _workers() -> list[Row]:
    names = ["张三", "李四", "王五", "赵六", "张三"]
    return [
        {
            "worker_id": f"W{i + 1}",
            "name": name if i < 4 else "陈七",
            "kind": "一般" if i < 3 else "微",
            "capacity": 45 if i == 1 else None,
        }
        for i, name in enumerate(names)
    ]


def _tenures() -> list[Row]:
    def held(worker: str, grid: str, since: date, until: date | None = None) -> Row:
        return {"worker_id": worker, "grid_id": grid, "valid_from": since, "valid_to": until}

    return [
        held("W1", "G1", date(2024, 1, 1), date(2025, 7, 10)),
        held("W2", "G1", date(2025, 7, 10)),  # both on the day of the change
        held("W3", "G2", date(2024, 1, 1), date(2025, 9, 15)),
        held("W3", "G21", date(2025, 9, 16)),
        held("W3", "G22", date(2025, 9, 16)),
        held("W4", "G1M1", date(2025, 5, 20), date(2025, 8, 3)),
        held("W5", "G9", date(2025, 1, 1)),
    ]


def _households() -> list[Row]:
    homes = ("G1M1", "G1M2", "G2", "G21", "G22", "G9")
    return [
        {
            "household": f"{i}栋101",
            "grid_id": homes[i % len(homes)],
            "building": f"{i % 9}栋",
            "is_occupied": i % 11 != 0,
        }
        for i in range(_HOUSEHOLDS - 10)
    ]


def _key_persons(pick: random.Random) -> list[Row]:
    rows: list[Row] = []
    for i in range(36):
        rows.append(
            {
                "person": f"重点{i}",
                "grid_id": pick.choice(["G1M1", "G1M2", "G1", "G22", "G9"]),
                "household": f"{i}栋101",
                "category": pick.choice(["独居老人", "残疾人"]),
                "tier": pick.choice(["每周", "每月", "每季"]),
                "valid_from": pick.choice(
                    [None, date(2025, 1, 1), date(2025, 4, 10), date(2025, 6, 30)]
                ),
                "valid_to": pick.choice([None, None, date(2025, 10, 31), date(2025, 11, 12)]),
            }
        )
    # One whose tier changes on a day, one listed after the data ends.
    change = date(2025, 8, 13)
    shared: Row = {"person": "换频", "grid_id": "G1", "category": "残疾人"}
    rows.append(
        shared | {"tier": "每月", "valid_from": date(2025, 1, 1), "valid_to": date(2025, 8, 12)}
    )
    rows.append(shared | {"tier": "每周", "valid_from": change})
    rows.append({"person": "将来", "grid_id": "G1", "tier": "每周", "valid_from": date(2026, 2, 1)})
    return rows


def _calendar() -> list[Row]:
    """The autumn of 2025 as the State Council set it; other days are not in the table."""
    worked = {date(2025, 9, 28), date(2025, 10, 11)}
    free = {date(2025, 10, day) for day in range(1, 9)}
    days = [date(2025, 9, 1) + timedelta(days=i) for i in range(61)]
    return [
        {
            "on_date": day,
            "is_working_day": day in worked or (day.weekday() < 5 and day not in free),
            "holiday": "国庆" if day in free else None,
        }
        for day in days
    ]


def _types() -> list[Row]:
    listed = [
        ("邻里日", "幸福", "neighbour_day", None),
        ("微党课", "党建", "party_lesson", "微课堂"),
        ("格格讲堂", "党建", "lecture", "微课堂"),
        ("文艺展演", "幸福", "show", None),
        ("市民课堂", "幸福", "course", None),
        ("招聘会", "民生", "job_fair", None),
        ("义剪", "民生", "free_service", "微公益"),
        ("经营点", "发展", "stall", None),
        ("院落微项目", "党建", "other", "微项目"),
    ]
    return [
        {"type": kind, "pillar": pillar, "code": code, "micro": micro}
        for kind, pillar, code, micro in listed
    ]


def _categories() -> list[Row]:
    return [
        {
            "category": "噪声",
            "level_1": "环境",
            "own_authority": True,
            "deadline_days": 5,
            "is_working_days": True,
        },
        {
            "category": "市容占道",
            "level_1": "城管",
            "own_authority": False,
            "deadline_days": 3,
            "is_working_days": False,
        },
        {"category": "其他", "level_1": "其他"},
    ]


def _moment(pick: random.Random) -> datetime:
    span = int((_LAST - _FIRST).total_seconds())
    return _FIRST + timedelta(seconds=pick.randrange(span))


def _planted_visits() -> list[Row]:
    day = datetime(2025, 6, 11, 9, 0)
    note = "入户查看，一切正常，已提醒用电安全"
    same: Row = {"worker": "李四", "grid": "G1", "mode": "上门", "met": True}
    return [
        # twice the same; the same words at three homes; two at once; a home that stands empty
        same
        | {
            "visit_id": "P1",
            "occurred_at": day,
            "household": "1栋101",
            "ended_at": day + timedelta(minutes=40),
        },
        same
        | {"visit_id": "P2", "occurred_at": day + timedelta(minutes=20), "household": "1栋101"},
        *(
            same
            | {
                "visit_id": f"P{3 + i}",
                "occurred_at": day + timedelta(days=i + 1),
                "household": f"{i + 2}栋101",
                "note": note,
            }
            for i in range(3)
        ),
        same | {"visit_id": "P6", "occurred_at": day + timedelta(days=9), "household": "11栋101"},
        # without a time of day: midnight sharp is no night visit
        same | {"visit_id": "P7", "occurred_at": datetime(2025, 6, 25), "household": "7栋101"},
        # the day on which the worker of G1 changes; shared by three, one of them unknown, one twice
        same
        | {
            "visit_id": "P8",
            "occurred_at": datetime(2025, 7, 10, 15),
            "worker": "张三、zhangsan01、无名氏、李四",
        },
        # spellings of a grid: wide digits, a suffix, nothing known
        same
        | {"visit_id": "P9", "occurred_at": datetime(2025, 7, 11, 15), "grid": "东山社区第１网格"},
        same | {"visit_id": "P10", "occurred_at": datetime(2025, 7, 12, 15), "grid": "第21网格"},
        same | {"visit_id": "P11", "occurred_at": datetime(2025, 7, 13, 15), "grid": "第1网格"},
        same | {"visit_id": "P12", "occurred_at": datetime(2025, 7, 14, 15), "grid": "火星"},
        # five entered within ten minutes for two buildings
        *(
            same
            | {
                "visit_id": f"P{13 + i}",
                "occurred_at": datetime(2025, 7, 20 + i, 10),
                "household": f"{i}栋101",
                "entered_at": datetime(2025, 7, 28, 20, i),
                "grid": "G9",
            }
            for i in range(5)
        ),
    ]


def _visit(pick: random.Random, number: int) -> Row:
    at = _moment(pick)
    need = pick.choice([None, None, None, "家电维修"])
    due = (at + timedelta(days=7)).date() if need or pick.random() < 0.2 else None
    return {
        "visit_id": f"V{number}",
        "occurred_at": at,
        "ended_at": pick.choice([None, at + timedelta(minutes=pick.choice([0, 3, 30]))]),
        "entered_at": pick.choice([None, at + timedelta(hours=pick.choice([1, 71, 72, 73, 200]))]),
        "worker": pick.choice(["张三", "李四", "王五、李四", "赵六", "陈七", "无名氏"]),
        "grid": pick.choice(["G1", "G1M1", "G1M2", "G2", "G21", "G22", "G9", "不明"]),
        "household": pick.choice([None, *(f"{i}栋101" for i in range(_HOUSEHOLDS))]),
        "person": pick.choice([None, "换频", "将来", *(f"重点{i}" for i in range(36))]),
        "category": pick.choice([None, "商户", "普通居民"]),
        "mode": pick.choice(["上门", "电话", "视频"]),
        "met": pick.choice([None, True, True, False]),
        "purpose": pick.choice([None, "例行走访", "年审协助"]),
        "need": need,
        "need_due": due,
        "need_closed_at": at + timedelta(days=pick.randrange(12))
        if need and pick.random() < 0.8
        else None,
        "note": pick.choice([None, "正常", f"看望并了解近况第{number}次"]),
    }


def _activity(pick: random.Random, number: int) -> Row:
    kind = pick.choice([row["type"] for row in _types()])
    count = pick.choice([None, 0, 12, 40])
    rated = pick.choice([None, 0, 10])
    return {
        "activity_id": f"A{number}",
        "name": f"{kind}{number % 5}",
        "started_at": _moment(pick),
        "type": kind,
        "grid": pick.choice(["C1", "G1", "G1M1", "G2", "G21", "G9", "不明"]),
        "planned": pick.choice([None, True, False]),
        "attendances": count,
        "first_timers": pick.choice([None, 0, count]) if count else None,
        "partners": pick.choice([None, "中学、银行", "银行", "医院"]),
        "speaker": pick.choice([None, "书记", "居民", "物业", "格格"]),
        "team": pick.choice([None, "合唱队", "舞蹈队、合唱队", "军乐队"]),
        "services": pick.choice([None, 0, 30]),
        "enrolled": pick.choice([None, 0, 25]),
        "satisfied": pick.choice([None, 0, rated]) if rated else None,
        "rated": rated,
        "workers": "王五",
    }


def _sign_ins(pick: random.Random) -> list[Row]:
    rows: list[Row] = []
    for number in range(160):
        for i in pick.sample(range(_HOUSEHOLDS), pick.randrange(6)):
            rows.append(
                {
                    "activity_id": f"A{number}",
                    "household": f"{i}栋101",
                    "persons": pick.choice([None, 1, 3]),
                    "first_time": pick.choice([None, True, False]),
                    "category": pick.choice([None, "普通居民", "独居老人"]),
                }
            )
    return rows


def _planted_complaints() -> list[Row]:
    base: Row = {"grid": "G1", "category": "噪声", "source": "12345"}
    return [
        # five working days from 30 September 2025: 9, 10, 11, 13, 14 October
        base
        | {
            "complaint_id": "Q1",
            "created_at": datetime(2025, 9, 30, 10),
            "closed_at": datetime(2025, 10, 14, 18),
        },
        base
        | {
            "complaint_id": "Q2",
            "created_at": datetime(2025, 9, 30, 11),
            "closed_at": datetime(2025, 10, 15, 9),
        },
        # received in the holiday, and on a Saturday without a calendar entry
        base | {"complaint_id": "Q3", "created_at": datetime(2025, 10, 3, 11)},
        base
        | {
            "complaint_id": "Q4",
            "created_at": datetime(2025, 6, 14, 11),
            "closed_at": datetime(2025, 6, 14, 11),
        },
        # again on the thirtieth and on the thirty-first day
        *(
            base
            | {
                "complaint_id": f"Q{5 + i}",
                "created_at": datetime(2025, 4, 1, 9) + timedelta(days=days),
                "household": "99栋101",
            }
            for i, days in enumerate((0, 30, 61, 61))
        ),
        # the last day: contacted, and not yet
        base
        | {
            "complaint_id": "Q9",
            "created_at": datetime(2025, 12, 18, 8),
            "contacted_at": datetime(2025, 12, 18, 9),
        },
        base | {"complaint_id": "Q10", "created_at": datetime(2025, 12, 18, 8)},
    ]


def _complaint(pick: random.Random, number: int) -> Row:
    at = _moment(pick)
    closed = at + timedelta(minutes=pick.choice([0, 59, 60, 61, 3000, 9000, 40000]))
    called = pick.choice([None, True, True, False])
    return {
        "complaint_id": f"K{number}",
        "created_at": at,
        "source": pick.choice(["12345", "网格", "来访", "网络", "商户", None]),
        "nature": pick.choice(["投诉", "求助", None]),
        "category": pick.choice(["噪声", "市容占道", "其他", "没见过的类别", None]),
        "grid": pick.choice(["G1", "G1M1", "G2", "G21", "G22", "G9", "不明", None]),
        "worker": pick.choice([None, "张三", "王五"]),
        "household": pick.choice([None, *(f"{i}栋101" for i in range(20))]),
        "contacted_at": at + timedelta(hours=pick.choice([1, 24, 25]))
        if pick.random() < 0.8
        else None,
        "due_at": at + timedelta(days=4) if pick.random() < 0.4 else None,
        "closed_at": closed if pick.random() < 0.85 else None,
        "found_by": pick.choice([None, "网格员", "居民"]),
        "settled_level": pick.choice([None, "网格", "社区"]),
        "in_scope": pick.choice([None, True, False]),
        "called_back": called,
        "resolved": pick.choice([None, True, False]) if called else None,
        "satisfied": pick.choice([None, "满意", "一般", "不满意"]) if called else None,
        "reopened": pick.choice([None, 0, 2]),
    }
