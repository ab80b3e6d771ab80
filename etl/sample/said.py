"""What residents say in a complaint, and what they are answered."""

from __future__ import annotations

import numpy as np

from etl.sample.complaint import CATEGORY
from etl.sample.streams import Integers

__all__ = ["contents", "replies"]

_WHO = (
    "居民来电反映，", "市民反映", "业主称", "住户来访反映，", "网友留言：", "群众反映", "租户反映", "网格巡查发现，", "", "有居民多次反映，",
)  # fmt: skip
_WHAT = {
    "物业": (
        "小区电梯停运两天未修好",
        "物业费上涨没有公示",
        "楼道垃圾清运不及时",
        "门禁坏了一直没人管",
        "公共收益不公开",
        "绿化带枯死无人补种",
        "地下室渗水严重",
        "单元门口堆放装修垃圾",
        "保安夜间不巡逻",
        "路灯不亮，晚上出行不安全",
    ),
    "市容占道": (
        "路口早餐摊占道，行人只能走车道",
        "水果摊贩长期占用人行道",
        "商铺门口堆放货物",
        "烧烤摊油烟大、占道经营",
        "小广告贴满楼道口",
        "流动摊贩收摊后垃圾满地",
        "沿街晾晒影响市容",
    ),
    "噪声": (
        "广场舞音响到晚上十点",
        "楼下茶馆深夜喧哗",
        "装修中午不停工",
        "空调外机声音太大",
        "工地夜间施工",
        "宠物狗半夜叫",
        "KTV低音炮影响休息",
    ),
    "停车": (
        "小区门口车辆乱停，消防车进不来",
        "地面车位被长期占用",
        "充电车位被油车占",
        "车牌川A12345的车堵住单元门",
        "临停收费不合理",
        "双边停车道路只剩一半",
        "僵尸车停了半年",
        "非机动车停满盲道",
    ),
    "水电气设施": (
        "停水没有提前通知",
        "楼道水管漏水",
        "路边井盖松动，车过就响",
        "电压不稳，家电烧坏",
        "燃气表走字不对",
        "下水道堵塞返水",
        "健身器材损坏",
    ),
    "邻里": (
        "楼上漏水互相推诿",
        "阳台滴水起了争吵",
        "共用过道堆杂物",
        "因为养鸡养鸭起矛盾",
        "为停车位与邻居争执",
        "楼上小孩跑跳影响休息",
    ),
    "民政社保": (
        "养老待遇资格认证怎么办",
        "高龄津贴没有到账",
        "低保复核需要哪些材料",
        "医保缴费记录查不到",
        "残疾人两项补贴咨询",
        "公租房申请进度",
    ),
    "消防": (
        "电瓶车推上楼充电",
        "消防通道上锁",
        "灭火器过期",
        "飞线充电",
        "楼道堆放纸板",
        "消火栓没水",
    ),
    "违建": ("顶楼搭建彩钢棚", "一楼住户圈占绿地", "天井封闭加盖", "阳台外扩改变结构"),
    "其他": (
        "希望增加公交班次",
        "丢失钱包求助查监控",
        "咨询活动报名",
        "流浪猫较多希望管理",
        "感谢网格员帮忙送医",
    ),
}
_ASK = (
    "，请尽快处理。", "，希望有人来看看。", "，要求回复。", "，请核实。", "。", "，已反映过一次。", "，希望协调解决。", "，影响日常生活。", "，回电13800005566。",
)  # fmt: skip
_DONE = (
    "网格员当日到场核实，已协调处理，反映人表示认可。", "已联系物业整改，次日复查完成。", "经现场劝导，对方已整改；后续加强巡查。", "已向反映人解释政策并告知办理方式。",
    "已转街道职能科室办理，结果已电话告知。", "双方经调解达成一致。", "已列入本月整治计划，先行设置提示牌。", "现场核实未见所述情况，将持续关注。", "已安排维修，恢复正常使用。",
    "已告知反映人该事项权责单位及联系方式。", "反映人对结果不满意，继续协调。", "已完成清理并与商户签订承诺书。",
)  # fmt: skip


def contents(category: Integers, text: Integers) -> list[str]:
    """What was said: `text` is a random whole number for each row."""
    kinds = [_WHAT[kind.name] for kind in CATEGORY]
    rows = zip(category.tolist(), text.tolist(), strict=True)
    found = []
    for kind, number in rows:
        number, who = divmod(number, len(_WHO))
        number, what = divmod(number, len(kinds[kind]))
        ask = number % 41
        found.append(_WHO[who] + kinds[kind][what] + _ASK[ask % 8 if ask else 8])
    return found


def replies(closed: np.ndarray, text: Integers) -> list[str | None]:
    """What was answered; None while a case is open."""
    rows = zip(closed.tolist(), (text // 7_919).tolist(), strict=True)
    return [_DONE[number % len(_DONE)] if done else None for done, number in rows]
