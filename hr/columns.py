"""Column types that the tables of several nouns share.  Tables themselves stand with their noun."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import Dialect, Numeric, String, TypeDecorator
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeEngine

# The last valid day of what has no end yet: keeps "valid on a day" one BETWEEN without NULLs.
FOREVER = date(9999, 12, 31)


class Exact(TypeDecorator[Decimal]):
    """A decimal that keeps its digits: NUMERIC on PostgreSQL, text on SQLite, which has floats."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type that loses nothing."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric())
        return dialect.type_descriptor(String(40))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write plain digits, never an exponent."""
        if value is None or dialect.name == "postgresql":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Hand out a Decimal."""
        return None if value is None else Decimal(value)


Amount = Annotated[Decimal, mapped_column(Exact)]
