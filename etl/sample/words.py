"""Words of the sample: names of people and places, and what workers and residents write."""

from __future__ import annotations

import numpy as np

from etl.sample.streams import Strings, pick

__all__ = [
    "ESTATES",
    "HOLIDAY_NOTES",
    "INVENTED_NOTES",
    "NOTES",
    "PLACE_FIRST",
    "PLACE_SECOND",
    "names",
]

_SURNAMES = (
    "王 8 李 8 张 7 刘 6 陈 5 杨 4 黄 3 周 3 吴 3 徐 2 赵 3 何 3 罗 3 唐 2 邓 2 曾 2 谢 2 冯 2 彭 2 蒋 2 "
    "廖 2 钟 2 叶 1 肖 2 邱 1 范 1 付 1 苏 1 魏 1 向 1 夏 1 余 1 袁 1 文 1 龚 1 赖 1 巫 1 薛 1 严 1 游 1 "
    "白 1 卢 1 毛 1 易 1 贾 1 闵 1 雷 1 代 1 蔡 1 宋 1 郭 2 马 1 胡 2 朱 2 林 2 高 1 梁 1 郑 1 欧阳 0.2 司徒 0.1"
).split()
_SURNAME = np.array(_SURNAMES[0::2], dtype=object)
_SURNAME_WEIGHT = tuple(float(weight) for weight in _SURNAMES[1::2])
_FIRST = np.array(
    list(
        "秀桂玉淑素春建国志永文晓小丽雪海明德光世天俊佳思雨子梦若嘉宇浩欣泽梓一红金兴正成大忠朝仕茂显洪开安"
    )
)
_SECOND = np.array(
    list(
        "英兰华芳珍琼芬蓉群清明军平强勇辉林刚云成贵全富敏燕娟霞玲莉婷颖洁倩琳怡涵轩杰豪博航涛鹏飞超凯磊斌波松"
    )
)

ESTATES = (
    ("东山家园", "安置小区"),
    ("龙锦花园", "商品房"),
    ("柏合老街", "老旧院落"),
    ("翠湖东岸", "商品房"),
    ("成洛苑", "安置小区"),
    ("桃源里", "商品房"),
    ("同安路宿舍", "老旧院落"),
    ("书香名邸", "商品房"),
    ("怡和新居", "安置小区"),
    ("青龙巷", "老旧院落"),
    ("驿都锦城", "商品房"),
)
PLACE_FIRST = (
    "东西南北龙凤柏桃梨青翠金银锦成洛驿同安平永长福和兴华新文书明清玉石木竹松梅兰荷江河湖泉溪"
)
PLACE_SECOND = "山岭坡坝湾桥江河湖泉溪园林苑庭里坊街巷台塔寺井田堰沟洞岩沙洲"


def names(rng: np.random.Generator, size: int) -> Strings:
    """`size` Chinese personal names of two or three characters; duplicates occur as in life."""
    first = _FIRST[rng.integers(0, len(_FIRST), size)].astype(object)
    first[rng.random(size) < 0.16] = ""
    second = _SECOND[rng.integers(0, len(_SECOND), size)].astype(object)
    joined: Strings = _SURNAME[pick(rng, _SURNAME_WEIGHT, size)] + first + second
    return joined


_OPENING = (
    "上门看望，", "入户走访，", "今日上门，", "敲门进屋坐了坐，", "在楼下遇到本人，", "同楼栋长一起走访，", "陪同社区医生上门，",
    "送报纸时顺道看望，", "打电话问候，", "电话联系上了，", "下午到家里，", "早上去了一趟，", "按约定时间到户，", "带着台账逐项核对，",
    "刚买菜回来，", "正在做饭，", "家里有人，", "和老伴都在家，", "女儿也在，", "在院坝里聊了一会儿，", "", "", "", "",
)  # fmt: skip
_ABOUT = {
    "独居老人": (
        "血压药按时吃，早晚各量一次", "饮食起居正常，冰箱里菜不少", "耳朵有点背，说话要大声", "膝盖痛，下楼不方便", "燃气软管看了没老化",
        "提醒晚上关好门窗", "女儿每周末回来", "想去助餐点吃午饭", "教会她按一键呼叫", "精神比上月好", "聊起年轻时在厂里的事", "记性差了些，把电话写大字贴墙上",
    ),
    "残疾人": (
        "轮椅刹车松了，已报修", "补贴到账了", "康复训练坚持在做", "申请换助行器", "两项补贴问清楚了", "出行要人陪，和邻居说好了", "想找手工活在家做",
        "家门口坡道好用", "证件明年到期，先提醒", "情绪稳定",
    ),
    "低保户": (
        "低保金按月领到", "儿子在学校食堂有补助", "家里收入没变化", "问医疗救助怎么办", "水电费减免已办", "找工作的事问了两家", "房子漏雨处补好了", "年度复核材料还差一张",
    ),
    "困境儿童": (
        "作业做完了，奶奶在旁边", "成绩有进步", "周末参加了四点半课堂", "父母春节回来过", "校服书本都齐", "爱看书，借了两本", "电话里和妈妈聊过", "近视了，约了验光",
    ),
    "精神障碍": (
        "按时服药，家属看着", "情绪平稳，能正常对话", "睡眠不好，已告知医生", "免费药已领", "监护人在场，反映近期稳定", "不愿多说，家属代答", "下周复诊，提醒了家属",
    ),
    "社区矫正": (
        "在物流园上班，作息规律", "按时报到", "思想稳定，家人支持", "想考驾照", "近期没有外出", "学习笔记看了", "工资按月发",
    ),
    "退役军人": (
        "优待证已领", "光荣牌挂好了", "问体检时间", "八一座谈愿意来", "给孩子们讲过一次往事", "腰上旧伤天冷就痛", "志愿队报了名",
    ),
    "慢性病": (
        "血糖有点高，提醒忌口", "慢病卡能用", "家庭医生上周来过", "药快吃完了，代取一次", "每天走六千步", "透析一周三次，有车接送", "复查结果比上次好",
    ),
    "普通居民": (
        "对物业保洁有点意见", "问孩子入学片区", "楼道灯不亮，已拍给物业", "说小区停车不好找", "愿意当楼栋志愿者", "家里一切都好", "问医保缴费", "反映楼上晚上有响动",
        "垃圾分类做得好", "电瓶车没再推上楼", "介绍了格格服务电话", "想报书法班",
    ),
    "租户": (
        "刚搬来，登记了信息", "租房合同看了", "在附近厂里上班", "人多，提醒用电安全", "电瓶充电讲了规定", "房东电话补上了", "下月到期要搬", "问居住证",
    ),
    "商户": (
        "灭火器在有效期内", "门前三包做得好", "生意比上月淡", "想租经营点", "问个体户补贴", "招一名店员", "后厨油烟管刚清洗", "消防通道没有堆物", "新换了老板，登记了", "希望多办集市",
    ),
}  # fmt: skip
_CLOSING = (
    "。", "。", "。", "，一切正常。", "，下次再看。", "，已记下。", "，留了联系电话。", "，嘱咐有事就打电话。", "，没有其他要求。", "，情况已告诉一般网格员。",
    "，约好下周再去。", "，请邻居多照看。", "，很感谢社区。", "，请物业跟进。", "，需要继续留意。", "，其他都好。", "，联系电话13800001234。", "，孩子电话13900005678。",
)  # fmt: skip
_CLOSING_WEIGHT = (12,) * 16 + (0.5, 0.5)
HOLIDAY_NOTES = (
    "春节前看望，送上春联和慰问品。", "送了米和油，提前拜年。", "节前安全提醒，燃气和鞭炮都讲了。", "问了过年是否回老家。",
    "节前慰问，身体还好。", "提醒节日用电用火。", "送福字，老人很高兴。", "核对春节期间联系人。",
)  # fmt: skip
INVENTED_NOTES = (
    "该户家庭情况正常，无安全隐患，无矛盾纠纷，群众对社区工作表示满意。",
    "入户走访了解家庭基本情况，宣传安全知识和反诈知识，住户表示理解支持。",
    "已走访，住户身体状况良好，生活正常，未发现异常情况，无其他诉求。",
)


class _Notes:
    """All notes that can be written, in one list; an honest note is drawn by the kind of person."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.first: dict[str, int] = {}
        self.choices: dict[str, int] = {}
        for category, about in _ABOUT.items():
            self.first[category] = len(self.texts)
            self.choices[category] = len(about)
            self.texts += [a + b + c for a in _OPENING for b in about for c in _CLOSING]
        self.holiday = len(self.texts)
        self.texts += HOLIDAY_NOTES
        self.invented = len(self.texts)
        self.texts += INVENTED_NOTES

    def draw(
        self, rng: np.random.Generator, categories: tuple[str, ...], which: np.ndarray
    ) -> np.ndarray:
        """Index of a note for each row, given the number of its category in `categories`."""
        first = np.array([self.first[c] for c in categories])[which]
        about = np.array([self.choices[c] for c in categories])[which]
        opening = rng.integers(0, len(_OPENING), len(which))
        middle = (rng.random(len(which)) * about).astype(np.int64)
        closing = pick(rng, _CLOSING_WEIGHT, len(which))
        found: np.ndarray = first + (opening * about + middle) * len(_CLOSING) + closing
        return found


NOTES = _Notes()
