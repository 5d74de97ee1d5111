"""The ledger of exports takes Excel files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.util import CommandError

from alembic import op

revision = "d006"
down_revision = "d005"
branch_labels = None
depends_on = None

NAME = "ck_export_ledger_export_format"
REFUSAL = (
    "{} Excel files stand in the ledger of exports, and the schema before knows no such files. Nothing was changed: "
    "a step back that drops lines of the ledger is yours to take. Export the record of acts, delete these lines, "
    "and go back then."
)


def _allow(formats: str) -> None:
    with op.batch_alter_table("export_ledger", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), f"format IN ({formats})")


def upgrade() -> None:
    _allow("'csv', 'xlsx', 'dta'")


def downgrade() -> None:
    ledger = sa.table("export_ledger", sa.column("format", sa.String))
    count = op.get_bind().scalar(sa.select(sa.func.count()).select_from(ledger).where(ledger.c.format == "xlsx"))
    if count:
        # What left the house is not forgotten by the way.
        raise CommandError(REFUSAL.format(count))
    _allow("'csv', 'dta'")
