"""Invented codes whose check digits are right: credit codes (GB 32100-2015), citizen ids (GB 11643-1999)."""

from stdnum.cn import uscc

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# Registering authority and kind, the first two characters.
_PREFIXES = {
    "企业": "91",
    "会计师事务所": "91",
    "个体工商户": "92",
    "社会团体": "51",
    "社会服务机构": "52",
    "基金会": "53",
    "律师事务所": "31",
    "机关": "11",
    "事业单位": "12",
}


def credit_code(*, unit_type: str, region: str, body: str) -> str:
    """Return the 18 characters for an organisation code's first eight."""
    code = _PREFIXES[unit_type] + region + body + _organisation_check_digit(body)
    return code + uscc.calc_check_digit(code)


def citizen_id(*, region: str, born: str, order: int) -> str:
    """Return an id number of somebody born then: born="19900307", order up to 999."""
    body = f"{region}{born}{order:03}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def organisation_body(index: int) -> str:
    """Return `MA` and six characters, another one for each index below 31⁶, as spread as real ones are."""
    number = (index * 104_729_003 + 12_345_701) % 31**6
    characters = ""
    for _ in range(6):
        number, digit = divmod(number, 31)
        characters += _LETTERS[digit]
    return "MA" + characters


def _organisation_check_digit(body: str) -> str:
    """GB 11714: 11 minus the weighted sum mod 11; 10 is written X, 11 is 0."""
    total = sum(int(character, 36) * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    rest = (11 - total % 11) % 11
    return "X" if rest == 10 else str(rest)
