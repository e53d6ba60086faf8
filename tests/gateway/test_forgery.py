"""Another site cannot act in the name of who is signed in here."""

import json

import pytest

from services.contracts.subsidy.confirmation import SubmitTodos
from tests.gateway.bus import FakeBus
from tests.gateway.conftest import Browser

TODO = "018a91b2-7c40-7000-8000-000000000011"
BODY = {"todo_ids": [TODO]}


def test_a_form_without_its_token_does_nothing(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/todos")
    response = employer.client.post("/employer/todos", data={"todo_ids": TODO})
    assert response.status_code == 400
    assert "表单已失效" in response.text
    assert not bus.requests(SubmitTodos)


def test_the_token_of_somebody_else_does_nothing(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/todos")
    token = employer.hidden()["csrf_token"]
    employer.client.delete_cookie("wengang_form")
    response = employer.client.post("/employer/todos", data={"todo_ids": TODO, "csrf_token": token})
    assert response.status_code == 400
    assert not bus.requests(SubmitTodos)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": BODY},
        {"data": json.dumps(BODY), "content_type": "text/plain"},
        {"data": "x", "content_type": "multipart/form-data; boundary=x"},
        {},
    ],
)
def test_the_api_takes_json_only_which_forms_cannot_send(
    employer: Browser, bus: FakeBus, sent: dict[str, object]
) -> None:
    response = employer.client.post("/api/v1/todos/submission", **sent)
    assert (response.status_code, response.json["code"]) == (415, "content_type_wrong")
    assert not bus.requests(SubmitTodos)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9", "null"])
def test_the_api_refuses_a_foreign_origin(employer: Browser, bus: FakeBus, origin: str) -> None:
    response = employer.client.post("/api/v1/todos/submission", json=BODY, headers={"Origin": origin})
    assert (response.status_code, response.json["code"]) == (403, "origin_foreign")
    assert not bus.requests(SubmitTodos)


def test_the_api_takes_its_own_origin(employer: Browser, bus: FakeBus) -> None:
    headers = {"Origin": "http://localhost"}
    assert employer.client.post("/api/v1/todos/submission", json=BODY, headers=headers).status_code == 200
    assert len(bus.requests(SubmitTodos)) == 1


def test_a_form_sent_twice_is_one_command(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/todos")
    employer.post("/employer/todos", todo_ids=TODO, action="submit")
    employer.post("/employer/todos", todo_ids=TODO, action="submit")
    first, second = bus.requests(SubmitTodos)
    assert first.id == second.id
