"""Rotation of keys on real databases: all sealed with the new key, nothing lost, nothing overwritten."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.chassis import resealing, sealing
from services.chassis.clock import utc_now
from services.chassis.resealing import reseal
from services.chassis.schema import inbox, outbox
from services.chassis.schema import metadata as chassis_metadata
from services.chassis.sealing import SealedText, Sealer, Unsealable, key_of

K1, K2, K3 = (f"k{number}:{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2, 3))
PEOPLE = 23

metadata = sa.MetaData()
people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.String(20)),
    sa.Column("id_number", SealedText, nullable=False),
    sa.Column("id_number_key", sa.String(64), unique=True, info={"keyed": ("person", "id_number")}),
    sa.Column("phone", SealedText),
)
visits = sa.Table(
    "visits",
    metadata,
    sa.Column("place", sa.String(10), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("note", SealedText),
)
TABLES = [chassis_metadata, metadata]


def use(*keys):
    sealing.configure(",".join(keys))


def id_number(number):
    return f"4101811990030710{number:02}"


def fingerprint_of(number):
    return sealing.fingerprint(f"person:{id_number(number)}")


@pytest.fixture
def filled(database, monkeypatch):
    """A database in which k1 has sealed everything."""
    monkeypatch.setattr(resealing, "PAGE", 5)
    monkeypatch.setattr(resealing, "LARGE_PAGE", 2)
    monkeypatch.setattr(resealing, "PAUSE", 0)
    monkeypatch.setattr(resealing, "PATIENCE", 0)
    use(K1)
    for tables in TABLES:
        tables.create_all(database.engine)
    with database.write() as connection:
        connection.execute(people.insert(), [_person(number) for number in range(PEOPLE)])
        for place, number in ((place, number) for place in ("a", "b") for number in range(7)):
            connection.execute(visits.insert().values(place=place, number=number, note=f"{place}{number}"))
        for number in range(5):
            connection.execute(outbox.insert().values(_letter(number)))
            connection.execute(inbox.insert().values(_heard(f"m{number}", {"phone": f"1380000{number:04}"})))
        connection.execute(inbox.insert().values(_heard("event", None)))
    return database


def _person(number):
    return {
        "id": UUID(int=number * 7919 % 101),
        "name": f"n{number}",
        "id_number": id_number(number),
        "id_number_key": fingerprint_of(number),
        "phone": f"138{number:08}" if number % 3 else None,
    }


def _letter(number):
    phones = [{"phone": sealing.seal(f"138{each:08}"), "amount": 5, "none": None} for each in range(3)]
    sent = utc_now() if number % 2 else None
    return {"message_id": f"m{number}", "routing_key": "a.b", "body": {"refunds": phones}, "sent_at": sent}


def _heard(message_id, answer):
    sealed = answer and sealing.seal(json.dumps(answer))
    return {"message_id": message_id, "handler": "h", "fingerprint": "f", "answer": sealed, "at": utc_now()}


def everything(database):
    """Return what a service reads, in full."""
    with database.read() as connection:
        read = {table.name: connection.execute(sa.select(table)).all() for table in (people, visits)}
        found = {name: sorted(map(tuple, rows)) for name, rows in read.items()}
        answers = connection.scalars(sa.select(inbox.c.answer).order_by(inbox.c.message_id)).all()
        found["inbox"] = [answer and json.loads(sealing.unseal(answer)) for answer in answers]
        bodies = connection.scalars(sa.select(outbox.c.body).order_by(outbox.c.seq)).all()
    found["outbox"] = [[sealing.unseal(each["phone"]) for each in body["refunds"]] for body in bodies]
    return found


def keys_in(database):
    """Return the ids of the keys of all tokens that are anywhere in the database."""
    found = set()
    with database.read() as connection:
        for name in ("people", "visits", "inbox", "outbox"):
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}").all():
                text = " ".join(json.dumps(cell) if isinstance(cell, dict) else str(cell) for cell in row)
                found |= {match[1] for match in sealing.TOKEN.finditer(text) if key_of(match[0])}
    return found


def test_afterwards_the_new_key_alone_opens_everything(filled):
    before = everything(filled)
    assert keys_in(filled) == {"k1"}
    use(K2, K1)
    report = reseal(filled, TABLES)
    assert report.is_complete and keys_in(filled) == {"k2"}
    assert report.renewed == {
        "people.id_number": PEOPLE,
        "people.phone": 15,
        "people.id_number_key": 0,
        "visits.note": 14,
        "inbox.answer": 5,
        "outbox.body": 5,
    }
    assert everything(filled) == before, "hashes too: they come from the last key still"
    use(K2)
    assert {**everything(filled), "people": None} == {**before, "people": None}


def test_when_the_old_key_is_gone_hashes_are_computed_with_the_new_one(filled):
    use(K2, K1)
    reseal(filled, TABLES)
    use(K2)
    with filled.read() as connection:
        assert connection.scalar(sa.select(people.c.name).filter_by(id_number_key=fingerprint_of(3))) is None
    report = reseal(filled, TABLES)
    assert report.is_complete
    assert {name: count for name, count in report.renewed.items() if count} == {
        "people.id_number_key": PEOPLE
    }
    with filled.read() as connection:
        for number in range(PEOPLE):
            found = connection.scalar(
                sa.select(people.c.name).filter_by(id_number_key=fingerprint_of(number))
            )
            assert found == f"n{number}"


def test_a_second_run_finds_nothing_to_do(filled):
    use(K2, K1)
    reseal(filled, TABLES)
    again = reseal(filled, TABLES)
    assert again.is_complete and not any(again.renewed.values())


class Killed(BaseException):
    """The process died here."""


@pytest.mark.parametrize("transactions", [0, 1, 3, 8])
def test_killed_in_the_middle_and_run_again_it_gives_the_same(filled, monkeypatch, transactions):
    before, real, calls = everything(filled), resealing._Change.__call__, []

    def deadly(change, connection):
        done = real(change, connection)
        calls.append(1)
        if len(calls) > transactions:
            raise Killed
        return done

    use(K2, K1)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(resealing._Change, "__call__", deadly)
        reseal(filled, TABLES)
    assert keys_in(filled) == ({"k1", "k2"} if transactions else {"k1"})
    assert everything(filled) == before, "services go on meanwhile with both keys"
    assert reseal(filled, TABLES).is_complete
    assert keys_in(filled) == {"k2"} and everything(filled) == before


def test_what_a_service_changes_meanwhile_is_not_overwritten(filled, monkeypatch):
    """Between the reading of a page and its change: one process has the new key, one the old."""
    use(K2, K1)
    real, calls, old = resealing._Change.__call__, [], Sealer(K1)

    def change_first(change, connection):
        if not calls:
            new = people.update().where(people.c.name == "n1").values(phone="19900000001")
            stale = sa.literal(old.seal("19900000002"), sa.Text)
            connection.execute(new)
            connection.execute(people.update().where(people.c.name == "n2").values(phone=stale))
            connection.execute(people.delete().where(people.c.name == "n4"))
        calls.append(1)
        return real(change, connection)

    monkeypatch.setattr(resealing._Change, "__call__", change_first)
    assert reseal(filled, TABLES).is_complete
    use(K2)
    phones = {row[1]: row[4] for row in everything(filled)["people"]}
    assert (phones["n1"], phones["n2"], "n4" in phones) == ("19900000001", "19900000002", False)
    assert phones["n5"] == "13800000005"


def test_services_write_and_read_beside_it(filled):
    """A busy service on the same tables: each of its writes stands, none of them waits for long."""
    use(K2, K1)

    def serve(number):
        def change(connection):
            row = (people.c.name == f"n{number}") & people.c.phone.is_not(None)
            phone = connection.scalar(sa.select(people.c.phone).where(row).with_for_update())
            if phone is not None:
                connection.execute(people.update().where(row).values(phone=f"{int(phone) + 1}"))

        for _ in range(5):
            filled.transact(change)

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(serve, number) for number in range(PEOPLE)]
        reports = [reseal(filled, TABLES) for _ in range(3)]
        for each in running:
            each.result()
    reports.append(reseal(filled, TABLES))
    assert reports[-1].is_complete and keys_in(filled) == {"k2"}
    phones = {row[1]: row[4] for row in everything(filled)["people"]}
    assert phones == {
        f"n{number}": f"{13800000000 + number + 5}" if number % 3 else None for number in range(PEOPLE)
    }


def test_rows_that_others_hold_are_passed_over_and_said_to_be_left(filled):
    if filled.is_sqlite:
        return  # there the whole file is held
    use(K2, K1)
    with filled.write() as connection:
        connection.execute(sa.select(people.c.id).where(people.c.name == "n7").with_for_update()).one()
        held = reseal(filled, TABLES)
    assert held.left == {"people.id_number": 1, "people.phone": 1} and not held.is_complete
    assert "holds the rows" in "\n".join(held.lines())
    assert reseal(filled, TABLES).is_complete and keys_in(filled) == {"k2"}


def test_what_no_key_opens_is_told_by_table_and_key_and_left_as_it_is(filled):
    use(K3)
    lost = sealing.seal("13900000009")
    use(K2, K1)
    with filled.write() as connection:
        for name, token in (("n1", lost), ("n2", "13900000008"), ("n4", "k1." + "A" * 40)):
            raw = sa.literal(token, sa.Text)
            connection.execute(people.update().where(people.c.name == name).values(phone=raw))
        body = {"phone": lost, "name": "no.token", "url": "https://example.cn/a.b"}
        connection.execute(outbox.update().where(outbox.c.message_id == "m0").values(body=body))
    report = reseal(filled, TABLES)
    assert not report.is_complete and report.left == {}
    assert report.unsealable == {
        ("people.phone", "k3"): 1,
        ("people.phone", "none: it is no token"): 1,
        ("people.phone", "k1"): 1,
        ("outbox.body", "k3"): 1,
    }
    said = "\n".join(report.lines())
    assert "people.phone: 1 CANNOT BE UNSEALED, key k3" in said
    assert "1390000" not in said and "AAAA" not in said
    with filled.read() as connection:
        raw = dict(
            connection.execute(sa.select(people.c.name, sa.type_coerce(people.c.phone, sa.Text))).all()
        )
    assert (raw["n1"], raw["n2"], raw["n4"]) == (lost, "13900000008", "k1." + "A" * 40)
    assert key_of(raw["n5"]) == "k2"


def test_a_hash_of_what_cannot_be_unsealed_stays(filled):
    use(K2)
    report = reseal(filled, TABLES)
    assert report.unsealable["people.id_number", "k1"] == PEOPLE
    assert report.unsealable["people.id_number_key", "k1"] == PEOPLE
    use(K1)
    assert [row[3] for row in everything(filled)["people"]] == [
        sealing.fingerprint(f"person:{row[2]}") for row in everything(filled)["people"]
    ]


def test_a_token_is_told_from_other_texts():
    use(K2)
    assert key_of(sealing.seal("")) == key_of(sealing.seal("长" * 500)) == "k2"
    for other in ("", "13800000001", "k1.", "k1.abc", "a.b.c", f"a b.{'A' * 40}", "k1." + "A" * 41):
        assert key_of(other) is None


def test_an_error_never_repeats_what_was_not_sealed():
    use(K2)
    with pytest.raises(Unsealable) as error:
        sealing.unseal("13800000001")
    assert "138" not in str(error.value)
