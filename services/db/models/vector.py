"""The column type of vectors: pgvector's where the server has it, an array of `real` elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, REAL
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import TypeEngine, UserDefinedType


class Vector(UserDefinedType[Any]):
    """Numbers of an embedding. Which of the two types it is was decided when the schema was made; both are right."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "vector"

    @staticmethod
    def may_be(found: TypeEngine[Any]) -> bool:
        """Whether a column of the database has one of the two types."""
        return isinstance(found, Vector) or (isinstance(found, ARRAY) and isinstance(found.item_type, REAL))


ischema_names["vector"] = Vector
