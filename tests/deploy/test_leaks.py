"""The finder of leaks finds what is planted, wherever it is, and nothing else."""

import json
import sqlite3

import pytest

from tests.broker.leaks import Leak, Values, find_leaks

PHONE, ACCOUNT, PASSWORD, CODE = "13800000001", "263707101046", "Song-Shan-2023", "482913"
VALUES = {PHONE, ACCOUNT, PASSWORD, CODE}


@pytest.fixture
def folder(tmp_path):
    """A folder with a database in which nothing is wrong, and a log."""
    with sqlite3.connect(tmp_path / "subsidy.db") as database:
        database.execute("CREATE TABLE units (id INTEGER, phone TEXT, body JSON, scan BLOB, count INTEGER)")
        database.execute("CREATE TABLE inbox (message_id TEXT, answer JSON)")
        body = {"phone": "k1.6bk3", "amount": 482913, "at": "2023-09-14T01:00:00.482913Z"}
        database.execute(
            "INSERT INTO units VALUES (1, '138****0001', ?, x'00ff', 482913)", [json.dumps(body)]
        )
        database.execute("INSERT INTO units VALUES (2, '2023-09-14 01:00:00.482913', NULL, NULL, NULL)")
        database.execute("INSERT INTO units VALUES (3, 'a4829138', '[]', NULL, 1)")
    database.close()
    (tmp_path / "house.log").write_text('{"message": "ready", "at": "2023-09-14T01:00:00.482913"}\nstarted\n')
    return tmp_path


def plant(folder, statement, *values):
    with sqlite3.connect(folder / "subsidy.db") as database:
        database.execute(statement, values)
    database.close()


def test_where_nothing_is_wrong_nothing_is_found(folder):
    assert find_leaks(folder, VALUES) == []


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("phone", PHONE, PHONE),
        ("phone", f"tel:{PHONE}, at home", PHONE),
        ("phone", f"验证码{CODE}，5分钟内有效", CODE),
        ("body", json.dumps({"a": [{"b": PHONE}]}), PHONE),
        ("body", json.dumps({PHONE: 1}), PHONE),
        ("body", json.dumps({"account": int(ACCOUNT)}), ACCOUNT),
        ("body", json.dumps({"text": f"密码：{PASSWORD}！"}), PASSWORD),
        ("body", json.dumps("k1." + PHONE), PHONE),
        ("scan", b"\x00\xff" + PHONE.encode() + b"\x00", PHONE),
        ("count", int(ACCOUNT), ACCOUNT),
        ("phone", f"x{PASSWORD}y", PASSWORD),
        ("body", "{no json " + CODE, CODE),
    ],
)
def test_a_planted_value_is_found_in_its_column(folder, column, cell, value):
    plant(folder, f"INSERT INTO units ({column}) VALUES (?)", cell)
    assert find_leaks(folder, VALUES) == [Leak(f"subsidy.units.{column}", value)]


def test_inbox_and_every_database_of_the_folder_are_looked_into_and_counted(folder):
    plant(folder, "INSERT INTO inbox VALUES ('m1', ?)", json.dumps({"phone": PHONE}))
    plant(folder, "INSERT INTO inbox VALUES ('m2', ?)", json.dumps({"phone": PHONE}))
    with sqlite3.connect(folder / "notify.db") as database:
        database.execute("CREATE TABLE outbox (body JSON)")
        database.execute("INSERT INTO outbox VALUES (?)", [json.dumps([ACCOUNT])])
    database.close()
    found = find_leaks(folder, VALUES)
    assert found == [Leak("notify.outbox.body", ACCOUNT), Leak("subsidy.inbox.answer", PHONE, 2)]
    assert str(found[1]) == f"subsidy.inbox.answer: {PHONE} (2×)"


def test_every_line_of_every_log_is_looked_into(folder):
    with (folder / "house.log").open("a") as log:
        log.write(json.dumps({"message": f"sent to {PHONE}", "error": f"key={PASSWORD}"}) + "\n")
    (folder / "broker").mkdir()
    (folder / "broker" / "node.log").write_text(f"\nuser {ACCOUNT}\n")
    assert find_leaks(folder, VALUES) == [
        Leak("broker/node.log:2", ACCOUNT),
        Leak("house.log:3", PHONE),
        Leak("house.log:3", PASSWORD),
    ]


def test_values_that_are_everywhere_are_refused():
    with pytest.raises(ValueError, match="1 values are shorter than 6"):
        Values([PHONE, "1234"])
