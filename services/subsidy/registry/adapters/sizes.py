"""Where a file does not say how large an enterprise is, but persons, revenue and assets decide it."""

import polars as pl

from services.contracts.values import UnitType
from services.subsidy.registry.domain import SizeFrom
from services.subsidy.size_classes.adapters.standard import STANDARD

_INDICATORS = ("industry", "employees", "revenue", "assets")


def with_sizes(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill the size class of enterprises by the standard, and add `size_from`; the file's word stands."""
    told = pl.col("size_class").is_not_null()
    enterprise = pl.col("unit_type") == UnitType.ENTERPRISE.value
    kinds = rows.filter(~told, enterprise).select(_INDICATORS).unique()
    found = [
        (*kind, size.value)
        for kind in kinds.iter_rows()
        if (size := STANDARD.size_class_of(STANDARD.industry_of(kind[0]), *kind[1:])) is not None
    ]
    schema = {name: rows.schema[name] for name in _INDICATORS} | {"standard": pl.String}
    sizes = pl.DataFrame(found, schema=schema, orient="row")
    joined = rows.join(sizes, on=_INDICATORS, how="left", nulls_equal=True, maintain_order="left")
    standard = pl.when(~told & enterprise).then("standard")
    filled = joined.with_columns(
        size_class=pl.coalesce("size_class", standard),
        size_from=pl.when(told)
        .then(pl.lit(SizeFrom.FILE.value))
        .when(standard.is_not_null())
        .then(pl.lit(SizeFrom.STANDARD.value)),
    )
    return filled.drop("standard")
