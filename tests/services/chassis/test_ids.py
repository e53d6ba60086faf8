"""Ids."""

from uuid import RFC_4122, uuid5

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.ids import named_ids, new_id, new_ids


@given(st.uuids(), st.lists(st.text()))
def test_named_ids_are_those_of_uuid5(namespace, names):
    assert list(named_ids(namespace, names)) == [str(uuid5(namespace, name)) for name in names]


def test_new_ids_are_of_version_7_and_all_different():
    ids = [new_id(), *new_ids(5000)]
    assert len(set(ids)) == 5001
    assert {(one.version, one.variant) for one in ids} == {(7, RFC_4122)}
