"""Columns that hold one of a few words."""

from enum import StrEnum

import sqlalchemy as sa


def words(choices: type[StrEnum]) -> sa.Enum:
    """A column of words: a new one needs no migration."""
    values = [choice.value for choice in choices]
    return sa.Enum(choices, native_enum=False, length=20, values_callable=lambda _: values)
