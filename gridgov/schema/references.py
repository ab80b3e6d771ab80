"""The reference tables: who works where, over which residents, by which calendar and categories."""

from __future__ import annotations

from gridgov.schema.column import Check, Column, Table, Value
from gridgov.schema.values import GRID_LEVELS, PERSON_CATEGORIES, PILLARS, TIERS, WORKER_KINDS

__all__ = ["REFERENCES"]

_FROM = Column(
    "valid_from", "date", "起始日期", "Valid from", aliases=("开始日期", "起", "启用日期")
)
_TO = Column(
    "valid_to",
    "date",
    "截止日期",
    "Valid to",
    description="空 = 至今；含当日。",
    description_en="Empty: still valid; the day itself is included.",
    aliases=("结束日期", "止", "停用日期"),
)
_PERIOD = Check(
    "E231",
    "error",
    "valid_to < valid_from",
    "截止日期早于起始日期",
    "ends before it starts",
    ("valid_from", "valid_to"),
)

GRID = Table(
    "grid",
    "网格",
    "Grids",
    "一个网格一行",
    "reference",
    ("grid_id",),
    (
        Column(
            "grid_id", "key", "网格编码", "Grid id", required=True, aliases=("网格编号", "网格ID")
        ),
        Column("name", "name", "网格名称", "Grid name", required=True, aliases=("名称", "网格")),
        Column(
            "level",
            "choice",
            "网格层级",
            "Level",
            required=True,
            values=GRID_LEVELS,
            aliases=("层级", "级别"),
        ),
        Column(
            "parent_id",
            "key",
            "上级网格编码",
            "Parent grid",
            aliases=("上级编码", "父级编码", "上级网格"),
        ),
        Column(
            "kind",
            "text",
            "网格类型",
            "Kind of grid",
            description="商品房、老旧院落、安置小区等。",
            description_en="Housing kind; used as a stratum.",
            aliases=("类型", "小区类型"),
        ),
        Column(
            "has_party_organisation",
            "flag",
            "有党组织",
            "Has a party organisation",
            aliases=("是否建立党组织",),
        ),
        _FROM,
        _TO,
        Column(
            "outline",
            "outline",
            "边界",
            "Outline",
            description="GeoJSON 几何；可不填。",
            description_en="GeoJSON geometry; optional.",
            aliases=("网格边界", "坐标"),
        ),
    ),
    checks=(_PERIOD,),
    names=("网格", "网格表", "grid"),
)
GRID_MONTH = Table(
    "grid_month",
    "网格月度底数",
    "Grid stock by month",
    "一个网格一月一行",
    "reference",
    ("grid_id", "month"),
    (
        Column("grid_id", "key", "网格编码", "Grid id", required=True),
        Column(
            "month",
            "date",
            "月份",
            "Month",
            required=True,
            description="当月一日。",
            description_en="First day.",
        ),
        Column("households", "count", "户数", "Households", unit="户", aliases=("常住户数",)),
        Column(
            "residents",
            "count",
            "居民数",
            "Residents",
            unit="人",
            aliases=("人口", "常住人口", "居民人数"),
        ),
        Column("shops", "count", "商铺数", "Shops", unit="家", aliases=("商户数",)),
    ),
    names=("底数", "网格底数", "网格月度底数", "grid_month"),
)
WORKER = Table(
    "worker",
    "格格",
    "Workers",
    "一名网格员一行",
    "reference",
    ("worker_id",),
    (
        Column(
            "worker_id",
            "key",
            "格格编号",
            "Worker id",
            required=True,
            aliases=("网格员编号", "人员编号", "工号"),
        ),
        Column("name", "name", "姓名", "Name", required=True, aliases=("网格员姓名", "格格姓名")),
        Column(
            "kind",
            "choice",
            "网格员类别",
            "Kind",
            required=True,
            values=WORKER_KINDS,
            aliases=("类别", "人员类别"),
        ),
        Column("is_paid", "flag", "是否专职", "Paid", aliases=("专职",)),
        Column(
            "capacity",
            "count",
            "每月可承担次数",
            "Contacts a month one can make",
            unit="次",
            description="负荷比的分母；空 = 按类别默认。",
            description_en="Denominator of the load ratio.",
            aliases=("月承载量", "月工作量"),
        ),
    ),
    names=("格格", "网格员", "人员", "worker"),
)
WORKER_ALIAS = Table(
    "worker_alias",
    "格格别名",
    "Worker aliases",
    "一个账号或写法一行",
    "reference",
    ("alias",),
    (
        Column(
            "alias", "key", "别名", "Alias", required=True, aliases=("账号", "写法", "系统账号")
        ),
        Column(
            "worker_id",
            "key",
            "格格编号",
            "Worker id",
            required=True,
            aliases=("网格员编号", "人员编号", "工号"),
        ),
    ),
    names=("别名", "账号", "格格别名", "worker_alias"),
)
TENURE = Table(
    "tenure",
    "任职",
    "Tenure",
    "一人在一网格的一段任期一行",
    "reference",
    ("worker_id", "grid_id", "valid_from"),
    (
        Column(
            "worker_id",
            "key",
            "格格编号",
            "Worker id",
            required=True,
            aliases=("网格员编号", "工号"),
        ),
        Column("grid_id", "key", "网格编码", "Grid id", required=True, aliases=("网格编号",)),
        Column(
            "valid_from",
            "date",
            "任职日期",
            "From",
            required=True,
            aliases=("起始日期", "开始日期", "到岗日期"),
        ),
        Column(
            "valid_to",
            "date",
            "离任日期",
            "To",
            description="空 = 在任；含当日。",
            description_en="Empty: in post; the day itself is included.",
            aliases=("截止日期", "结束日期"),
        ),
        Column("role", "text", "职务", "Role", aliases=("岗位",)),
        Column("leave_days", "count", "请假天数", "Leave days", unit="天", aliases=("休假天数",)),
    ),
    checks=(_PERIOD,),
    names=("任职", "任期", "tenure"),
)
HOUSEHOLD = Table(
    "household",
    "户",
    "Households",
    "一户一行",
    "reference",
    ("household",),
    (
        Column(
            "household",
            "household",
            "户号",
            "Household",
            required=True,
            aliases=("门牌", "门牌号", "房屋编号", "地址"),
        ),
        Column("grid_id", "key", "网格编码", "Grid id", required=True, aliases=("网格编号",)),
        Column("building", "key", "楼栋", "Building", aliases=("楼栋号", "栋")),
        Column("is_occupied", "flag", "是否有人居住", "Occupied", aliases=("有人居住", "是否入住")),
        _FROM,
        _TO,
    ),
    checks=(_PERIOD,),
    names=("户", "房屋", "户籍", "household"),
)
KEY_PERSON = Table(
    "key_person",
    "重点人员",
    "Key persons",
    "一名重点人员的一段时间一行",
    "reference",
    ("person", "tier", "valid_from"),
    (
        Column(
            "person",
            "person",
            "重点人员",
            "Key person",
            required=True,
            aliases=("人员姓名", "重点对象", "对象"),
        ),
        Column(
            "grid_id", "key", "网格编码", "Grid id", required=True, aliases=("网格编号", "所属网格")
        ),
        Column("household", "household", "户号", "Household", aliases=("住址", "家庭住址")),
        Column(
            "category",
            "choice",
            "重点类别",
            "Category",
            values=PERSON_CATEGORIES,
            aliases=("人员类别", "对象类别"),
        ),
        Column(
            "tier",
            "choice",
            "联系频次",
            "Tier",
            required=True,
            values=TIERS,
            aliases=("频次", "分级", "走访频次"),
        ),
        _FROM,
        _TO,
    ),
    checks=(_PERIOD,),
    names=("重点人员", "重点对象", "key_person"),
)
CALENDAR = Table(
    "calendar",
    "日历",
    "Calendar",
    "一天一行",
    "reference",
    ("on_date",),
    (
        Column("on_date", "date", "日期", "Date", required=True),
        Column(
            "is_working_day",
            "flag",
            "是否工作日",
            "Working day",
            required=True,
            aliases=("工作日",),
        ),
        Column("holiday", "text", "节假日", "Holiday"),
        Column(
            "days_from_spring_festival",
            "integer",
            "距春节天数",
            "Days from Spring Festival",
            unit="天",
        ),
    ),
    names=("日历", "工作日", "calendar"),
)
_MICRO = tuple(
    Value(zh, en)
    for zh, en in (
        ("微组织", "micro-organisation"),
        ("微课堂", "micro-class"),
        ("微站点", "micro-station"),
        ("微项目", "micro-project"),
        ("微公益", "micro-charity"),
    )
)
_CODES = tuple(
    Value(code, en, (zh,))
    for code, zh, en in (
        ("neighbour_day", "邻里日", "neighbour day"),
        ("party_lesson", "微党课", "party lesson"),
        ("lecture", "格格讲堂", "lecture"),
        ("show", "展演", "show"),
        ("course", "课程", "course"),
        ("job_fair", "招聘会", "job fair"),
        ("recertification", "年审", "pension re-certification"),
        ("free_service", "义务服务", "free service"),
        ("stall", "经营点", "market stall"),
        ("shop_support", "商户服务", "shop support"),
        ("veteran", "退役军人服务", "veterans' service"),
        ("other", "其他", "other"),
    )
)
ACTIVITY_TYPE = Table(
    "activity_type",
    "活动类型",
    "Activity types",
    "一种活动类型一行",
    "reference",
    ("type",),
    (
        Column("type", "key", "活动类型", "Type", required=True),
        Column("pillar", "choice", "五在类别", "Pillar", values=PILLARS),
        Column(
            "code",
            "choice",
            "统计口径",
            "What it counts as",
            values=_CODES,
            description="指标按它认活动：邻里日、微党课、格格讲堂……",
            description_en="What metrics go by.",
        ),
        Column("micro", "choice", "五微", "Five-micro", values=_MICRO),
    ),
    names=("活动类型", "activity_type"),
)
COMPLAINT_CATEGORY = Table(
    "complaint_category",
    "诉求类别",
    "Complaint categories",
    "一个类别一行",
    "reference",
    ("category",),
    (
        Column("category", "key", "诉求类别", "Category", required=True, aliases=("类别",)),
        Column("level_1", "text", "一级分类", "Level 1"),
        Column("level_2", "text", "二级分类", "Level 2"),
        Column("own_authority", "flag", "权责内", "Own authority"),
        Column("deadline_days", "count", "办理期限", "Deadline", unit="天"),
        Column("is_working_days", "flag", "按工作日", "In working days"),
    ),
    names=("诉求类别", "分类", "complaint_category"),
)

REFERENCES = (
    GRID,
    GRID_MONTH,
    WORKER,
    WORKER_ALIAS,
    TENURE,
    HOUSEHOLD,
    KEY_PERSON,
    CALENDAR,
    ACTIVITY_TYPE,
    COMPLAINT_CATEGORY,
)
