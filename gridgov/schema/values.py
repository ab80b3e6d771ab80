"""Value lists that more than one table uses, with the synonyms seen in real exports."""

from __future__ import annotations

from gridgov.schema.column import Value

__all__ = [
    "COMPLAINT_NATURES",
    "COMPLAINT_SOURCES",
    "FOUND_BY",
    "GRID_LEVELS",
    "PERSON_CATEGORIES",
    "PILLARS",
    "SATISFACTION",
    "SETTLED_LEVELS",
    "SPEAKERS",
    "TIERS",
    "VISIT_MODES",
    "WORKER_KINDS",
]

PILLARS = (
    Value("党建", "Party building", ("党建在网格", "党建类", "党建活动")),
    Value("服务", "Service", ("服务在网格", "服务类", "便民服务")),
    Value("民生", "Livelihood", ("民生在网格", "民生类", "民生保障")),
    Value("发展", "Development", ("发展在网格", "发展类", "经济发展")),
    Value("幸福", "Happiness", ("幸福在网格", "幸福类", "文体活动")),
)
GRID_LEVELS = (
    Value("市", "city"),
    Value("区", "district", ("区县", "县")),
    Value("街道", "street", ("镇街", "镇", "乡镇", "乡", "街道办")),
    Value("社区", "community", ("村社区", "村", "村(社区)")),
    Value("总", "main grid", ("总网格",)),
    Value("一般", "general grid", ("一般网格", "网格")),
    Value("微", "micro-grid", ("微网格", "微网实格")),
    Value("专属", "special grid", ("专属网格",)),
)
WORKER_KINDS = (
    Value("一般", "general grid worker", ("一般网格员", "专职网格员", "网格员", "专职")),
    Value("微", "micro-grid worker", ("微网格员", "微网实格员", "微网格长", "兼职")),
)
TIERS = (
    Value("每周", "weekly", ("周", "一周一访", "weekly", "高风险")),
    Value("每月", "monthly", ("月", "一月一访", "monthly", "中风险")),
    Value("每季", "quarterly", ("季", "季度", "每季度", "一季一访", "quarterly", "低风险")),
)
PERSON_CATEGORIES = (
    Value("独居老人", "older person living alone", ("独居", "空巢老人", "孤寡老人", "高龄独居")),
    Value("残疾人", "disabled person", ("残疾", "重度残疾")),
    Value("低保户", "low-income household", ("低保", "低收入", "困难户", "特困")),
    Value("困境儿童", "child in need", ("留守儿童", "未成年人", "困境儿童及留守儿童")),
    Value("精神障碍", "mental health patient", ("严重精神障碍患者", "精神病人", "精障")),
    Value("社区矫正", "community correction", ("矫正人员", "刑满释放", "安置帮教")),
    Value("退役军人", "veteran", ("优抚对象", "退役军人优抚")),
    Value("慢性病", "chronic illness", ("大病", "重病", "慢病")),
    Value("普通居民", "resident", ("居民", "一般居民", "群众", "普通住户")),
    Value("租户", "tenant", ("流动人口", "租住人员", "出租屋")),
    Value("商户", "shop", ("商铺", "门店", "经营户", "商家", "企业", "商企")),
)
VISIT_MODES = (
    Value("上门", "in person", ("入户", "上门走访", "实地", "现场", "面访", "扫码", "搜索")),
    Value("电话", "telephone", ("电联", "电话走访", "电话联系", "致电")),
    Value("视频", "video", ("视频走访", "微信视频", "视频通话")),
)
COMPLAINT_SOURCES = (
    Value("12345", "12345 hotline", ("12345热线", "市民热线", "热线", "市长热线", "政务热线")),
    Value("网格", "grid", ("网格上报", "网格员上报", "巡查发现", "自主上报")),
    Value("来访", "in person", ("来电来访", "上门", "信访", "来社区")),
    Value("网络", "online", ("网络理政", "微信", "小程序", "网上", "APP", "网站", "论坛")),
    Value("商户", "merchant", ("商家", "经营户", "企业")),
)
COMPLAINT_NATURES = (
    Value("投诉", "complaint", ("投诉举报", "举报")),
    Value("求助", "request for help", ("求决", "诉求", "求助类")),
    Value("咨询", "enquiry", ("咨询类", "政策咨询", "问询")),
    Value("建议", "suggestion", ("意见建议", "建言", "意见")),
    Value("表扬", "praise", ("感谢", "表扬感谢")),
)
FOUND_BY = (
    Value("居民", "reported by a resident", ("群众反映", "居民反映", "市民")),
    Value("网格员", "found by a worker", ("格格", "巡查", "主动发现", "网格员发现", "自查")),
)
SETTLED_LEVELS = (
    Value("网格", "inside the grid", ("网格关闭", "网格内", "网格办结", "自办")),
    Value("社区", "community", ("社区办结", "村社办结")),
    Value("街道", "street", ("镇街科室办结", "街道办结", "镇街")),
    Value("部门", "department", ("区级部门", "职能部门", "网格上报")),
)
SATISFACTION = (
    Value("满意", "satisfied", ("非常满意", "很满意", "基本满意", "5", "4")),
    Value("一般", "neutral", ("3", "较满意")),
    Value("不满意", "dissatisfied", ("很不满意", "非常不满意", "2", "1")),
)
SPEAKERS = (
    Value("书记", "party secretary", ("支部书记", "书记讲")),
    Value("居民", "resident", ("居民讲", "群众")),
    Value("物业", "property manager", ("物业讲", "物业公司")),
    Value("格格", "grid worker", ("格格讲", "网格员")),
)
