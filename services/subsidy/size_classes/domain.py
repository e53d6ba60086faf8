"""How large an enterprise is by 工信部联企业〔2011〕300号. Pure: the thresholds come in as data.

A class is reached when the lower limit of each indicator of the industry is reached; whoever misses one limit
of the small is micro (国统字〔2017〕213号, note 3). Money comes in fen, the standard speaks of 万元.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.contracts.values import SizeClass

FEN_OF_10K_YUAN = 1_000_000
_BEYOND_ANY_LIMIT = 10**18
_UNIT = {"people": 1, "revenue": FEN_OF_10K_YUAN, "assets": FEN_OF_10K_YUAN}
_CODE = re.compile(r"([A-Z])?([0-9]{2,4})|([A-Z])")


@dataclass(frozen=True)
class Standard:
    """The standard as data: `industries` has the minima of each indicator in the order of `classes`.

    `codes`: first, last (as long as each other), industry, the narrower first; `sections`: by letter;
    `names`: words of GB/T 4754 that are no industry of the standard themselves.
    """

    classes: tuple[SizeClass, ...]  # the largest first; micro is what is left
    industries: Mapping[str, Mapping[str, tuple[int, ...]]]
    codes: tuple[tuple[str, str, str], ...]
    sections: Mapping[str, str]
    names: Mapping[str, str]

    def size_class_of(
        self, industry: str | None, people: int | None, revenue: int | None, assets: int | None
    ) -> SizeClass | None:
        """Return the class; None when there is no standard or what is missing could change the answer.

        `industry`: as `industry_of` names it; `people`: 从业人员; `revenue`, `assets`: fen.
        """
        limits = self.industries.get(industry or "")
        if limits is None:
            return None
        given = {"people": people, "revenue": revenue, "assets": assets}
        least, most = (
            self._highest(limits, {name: bound if value is None else value for name, value in given.items()})
            for bound in (0, _BEYOND_ANY_LIMIT)
        )
        return least if least is most else None

    def industry_of(self, text: str | None) -> str | None:
        """Return the industry that a clerk's word or a GB/T 4754 code belongs to, or None.

        A code may have its letter ("C26", "2611", "E"); what covers several industries, as 房地产业, is none.
        """
        word = (text or "").strip()
        if word in self.industries:
            return word
        code = _CODE.fullmatch(word.upper())
        if code is None:
            return self.names.get(word)
        return self.sections.get(code[3]) if code[3] else self._industry_of_code(code[2])

    def _highest(self, limits: Mapping[str, tuple[int, ...]], values: Mapping[str, int]) -> SizeClass:
        for place, size in enumerate(self.classes):
            if all(values[name] >= minima[place] * _UNIT[name] for name, minima in limits.items()):
                return size
        return SizeClass.MICRO

    def _industry_of_code(self, code: str) -> str | None:
        for first, last, industry in self.codes:
            if first <= code[: len(first)] <= last:
                return industry
        return None
