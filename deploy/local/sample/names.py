"""Believable names of companies and people. Nobody in particular."""

from random import Random

_FIRST = "恒瑞嘉盛鼎宏博泰金中华天鸿安永信和正明德佳创新远锦诚广联通达富兴豫嵩洛汴淮宛颍商殷"
_SECOND = "源达泰丰祥润康盛和顺隆鑫宇辉昌荣茂益腾翔晟凯利森林海川峰岳阳晨星云创联科捷诺雅美"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文博雨欣浩然子轩佳怡"

# Trade in the name, industry (GB/T 4754).
TRADES: tuple[tuple[str, str], ...] = (
    ("机械制造", "制造业"),
    ("精密铸造", "制造业"),
    ("耐火材料", "制造业"),
    ("食品", "制造业"),
    ("纺织服装", "制造业"),
    ("新能源科技", "制造业"),
    ("包装印务", "制造业"),
    ("商贸", "批发和零售业"),
    ("医药连锁", "批发和零售业"),
    ("汽车销售服务", "批发和零售业"),
    ("农资", "批发和零售业"),
    ("建筑工程", "建筑业"),
    ("装饰工程", "建筑业"),
    ("市政园林", "建筑业"),
    ("餐饮管理", "住宿和餐饮业"),
    ("酒店管理", "住宿和餐饮业"),
    ("物流", "交通运输、仓储和邮政业"),
    ("运输", "交通运输、仓储和邮政业"),
    ("信息技术", "信息传输、软件和信息技术服务业"),
    ("软件", "信息传输、软件和信息技术服务业"),
    ("物业服务", "房地产业"),
    ("置业", "房地产业"),
    ("企业管理咨询", "租赁和商务服务业"),
    ("广告传媒", "租赁和商务服务业"),
    ("检测技术", "科学研究和技术服务业"),
    ("教育科技", "教育"),
    ("家政服务", "居民服务、修理和其他服务业"),
    ("农牧", "农、林、牧、渔业"),
    ("生态农业", "农、林、牧、渔业"),
    ("环保工程", "水利、环境和公共设施管理业"),
)

_FORMS = {
    "社会团体": "行业协会",
    "社会服务机构": "养老服务中心",
    "基金会": "教育发展基金会",
    "律师事务所": "律师事务所",
    "会计师事务所": "会计师事务所",
    "机关": "统计局",
    "事业单位": "第一幼儿园",
    "个体工商户": "百货店",
}


def unit_name(*, place: str, number: int, unit_type: str, trade: str) -> str:
    """Return a name; numbers that follow each other have different brands."""
    pairs = len(_FIRST) * len(_SECOND)
    first, second = divmod(number * 617 % pairs, len(_SECOND))
    brand = _FIRST[first] + _SECOND[second]
    return place + brand + (_FORMS.get(unit_type) or f"{trade}有限公司")


def person_name(rng: Random) -> str:
    """Return the name of somebody."""
    return rng.choice(SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))
