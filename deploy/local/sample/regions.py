"""The prefectures and counties of Henan (GB/T 2260), as company names call them."""

from dataclasses import dataclass

PREFECTURES: dict[str, tuple[str, str]] = {
    "4101": ("郑州", "02中原 03二七 04管城 05金水 06上街 08惠济 22中牟 81巩义 82荥阳 83新密 84新郑 85登封"),
    "4102": ("开封", "02龙亭 03顺河 04鼓楼 05禹王台 12祥符 21杞县 22通许 23尉氏 25兰考"),
    "4103": ("洛阳", "03西工 04瀍河 05涧西 07偃师 08孟津 11洛龙 23新安 24栾川 25嵩县 26汝阳 27宜阳 29伊川"),
    "4104": ("平顶山", "02新华 03卫东 04石龙 11湛河 21宝丰 22叶县 23鲁山 25郏县 81舞钢 82汝州"),
    "4105": ("安阳", "02文峰 03北关 05殷都 06龙安 22安阳 23汤阴 26滑县 27内黄 81林州"),
    "4106": ("鹤壁", "02鹤山 03山城 11淇滨 21浚县 22淇县"),
    "4107": ("新乡", "02红旗 03卫滨 04凤泉 11牧野 24获嘉 25原阳 26延津 27封丘 81卫辉 82辉县 83长垣"),
    "4108": ("焦作", "02解放 03中站 04马村 11山阳 21修武 22博爱 23武陟 25温县 82沁阳 83孟州"),
    "4109": ("濮阳", "02华龙 22清丰 23南乐 26范县 27台前 28濮阳"),
    "4110": ("许昌", "02魏都 03建安 24鄢陵 25襄城 81禹州 82长葛"),
    "4111": ("漯河", "02源汇 03郾城 04召陵 21舞阳 22临颍"),
    "4112": ("三门峡", "02湖滨 03陕州 21渑池 24卢氏 81义马 82灵宝"),
    "4113": ("南阳", "02宛城 03卧龙 21南召 22方城 23西峡 24镇平 25内乡 26淅川 28唐河 29新野 81邓州"),
    "4114": ("商丘", "02梁园 03睢阳 21民权 22睢县 23宁陵 24柘城 25虞城 26夏邑 81永城"),
    "4115": ("信阳", "02浉河 03平桥 21罗山 22光山 24商城 25固始 26潢川 27淮滨 28息县"),
    "4116": ("周口", "02川汇 03淮阳 21扶沟 22西华 23商水 24沈丘 25郸城 27太康 28鹿邑 81项城"),
    "4117": ("驻马店", "02驿城 21西平 22上蔡 23平舆 24正阳 25确山 26泌阳 27汝南 28遂平 29新蔡"),
}


@dataclass(frozen=True)
class Place:
    """A county or district. `turn` tells apart the several turns a busy place gets in a round."""

    region: str
    name: str
    turn: int


def _places() -> tuple[Place, ...]:
    """Return one round through the province, in which Zhengzhou has three turns."""
    places = []
    for prefecture, (city, counties) in PREFECTURES.items():
        for county in counties.split():
            # Districts (01-20) go by the city's name, counties and county cities by their own.
            name = city if county[:2] <= "20" else county[2:]
            turns = 3 if prefecture == "4101" else 1
            places += [Place(prefecture + county[:2], name, turn) for turn in range(turns)]
    return tuple(places)


PLACES = _places()
TURNS = 3
