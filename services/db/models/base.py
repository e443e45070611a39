"""What all tables share: naming, the column types of this project, and the tenant-leading key."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, ForeignKeyConstraint, Identity, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]
Amount = Annotated[Decimal, mapped_column(Numeric(20, 4))]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]


class Base(DeclarativeBase):
    """The declarative base; times are with time zone, money is exact, text has no length."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(20, 4),
        Json: JSONB,
    }


class OfTenant:
    """A row of one tenant: the tenant leads its key, so that two tenants' rows never share a reference."""

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )


class Numbered(OfTenant):
    """A row of one tenant with a number of its own."""

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-1)


def belongs_to(table: str, column: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A reference within the same tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)
