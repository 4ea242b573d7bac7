"""What the runtime keeps beyond 0.1.0."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give schedules room for the names of a process and its element."""
    with op.batch_alter_table("schedule") as table:
        table.alter_column("name", existing_type=sa.String(60), type_=sa.String(200))
    if op.get_bind().dialect.name == "postgresql":
        # Room for changes in place is wasted here: each change of a task moves it in an index.
        op.execute("ALTER TABLE task RESET (fillfactor)")
    else:
        # A table that is its own index: one tree to write, not two, and the key stands there once.
        whole = {"sqlite_with_rowid": False}
        with op.batch_alter_table("sealed_value", recreate="always", table_kwargs=whole):
            pass
    # Who did what elsewhere in a root case is asked at each step of a case that another one began.
    op.create_index(
        "ix_instance_root_id",
        "instance",
        ["root_id"],
        unique=False,
        sqlite_where=sa.text("root_id IS NOT NULL"),
        postgresql_where=sa.text("root_id IS NOT NULL"),
    )
