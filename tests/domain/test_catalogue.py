"""The catalogue is the manual's: what may be done by which way, and a refusal that says how else."""

import pytest

from services.contracts.catalogue import CATALOGUE, Way, require, way_of
from services.contracts.errors import Refused
from services.contracts.values import Actor, ActorKind, Post
from tests.people import AUDITOR, EMPLOYER, RECEPTION, clerk

WITH_CERTIFICATE = EMPLOYER.model_copy(update={"certificate": True})
PERSON = Actor(id="person:1", kind=ActorKind.PERSON, name="王喆")
STANDING = {Way.CERTIFICATE: WITH_CERTIFICATE, Way.CERTIFICATE_FREE: EMPLOYER, Way.HALL: RECEPTION}


def test_without_certificate_an_employer_does_what_the_manual_lists_and_no_more():
    allowed = {code for code, business in CATALOGUE.items() if Way.CERTIFICATE_FREE in business.ways}
    declarations = {"ordinary_refund", "emergency_refund", "contribution_deferral"}
    assert allowed == declarations | {"refund_confirmation"}  # a step of the ordinary refund
    assert {CATALOGUE[code].zh for code in declarations} == {
        "普通稳岗返还申报",
        "应急稳岗返还申报",
        "单位缓交登记申报",
    }


def test_account_and_handler_need_the_certificate_or_the_hall():
    for code in ("bank_account_change", "handler_change"):
        assert CATALOGUE[code].ways == {Way.CERTIFICATE, Way.HALL}


def test_what_is_finished_at_once_is_told_from_what_a_clerk_approves():
    instant = {code for code, business in CATALOGUE.items() if business.instant}
    assert instant == {"refund_confirmation", "bank_account_change", "handler_change"}


def test_each_business_has_its_own_code_and_names_in_both_languages():
    assert all(code == business.code for code, business in CATALOGUE.items())
    for names in zip(*((business.zh, business.en) for business in CATALOGUE.values()), strict=True):
        assert all(names) and len(set(names)) == len(CATALOGUE)


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("code", CATALOGUE)
def test_a_business_is_started_by_its_ways_only(code, way):
    assert way_of(STANDING[way]) is way
    if way in CATALOGUE[code].ways:
        require(STANDING[way], code)
        return
    with pytest.raises(Refused, match="business_other_way"):
        require(STANDING[way], code)


def test_a_refusal_names_the_business_and_the_ways_that_are_open():
    with pytest.raises(Refused, match="business_other_way") as refused:
        require(EMPLOYER, "bank_account_change")
    assert refused.value.facts == {
        "business": "bank_account_change",
        "business_zh": "单位银行账户变更",
        "business_en": "Change of the bank account",
        "ways": ["certificate", "hall"],
    }


@pytest.mark.parametrize("actor", [PERSON, AUDITOR, clerk(Post.APPROVER), clerk()])
def test_whoever_stands_for_no_employer_starts_nothing(actor):
    assert way_of(actor) is None
    for code in CATALOGUE:
        with pytest.raises(Refused, match="business_other_way"):
            require(actor, code)
