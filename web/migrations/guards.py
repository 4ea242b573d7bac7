"""Triggers that refuse to change or remove history; looked for at every start."""

from __future__ import annotations

from sqlalchemy import Connection, text

GUARDED = ("history", "tree_batch", "tree_checkpoint")

_PG_FUNCTION = """
CREATE OR REPLACE FUNCTION alur_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Expected % to be append-only, but % was tried.', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$
"""


def ensure_guards(connection: Connection) -> None:
    """Make every guard that is missing; each upgrade ends so, since batch changes drop them."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.execute(text(_PG_FUNCTION))
    wanted = _wanted(connection)
    for name in missing_guards(connection):
        connection.execute(text(wanted[name]))


def missing_guards(connection: Connection) -> list[str]:
    """Name the guards that are not there or are switched off."""
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            text(
                "SELECT c.relname || '.' || t.tgname FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = t.tgrelid"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = current_schema() AND t.tgenabled IN ('O', 'A')"
            )
        )
    else:
        rows = connection.execute(
            text("SELECT tbl_name || '.' || name FROM sqlite_master WHERE type = 'trigger'")
        )
    present = set(rows.scalars())
    return sorted(set(_wanted(connection)) - present)


def _wanted(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "postgresql":
        return _wanted_on_postgresql(connection)
    return {
        f"{table}.{table}_keeps_{verb.lower()}": (
            f"CREATE TRIGGER {table}_keeps_{verb.lower()} BEFORE {verb} ON {table}"
            " BEGIN SELECT RAISE(ABORT,"
            f" 'Expected {table} to be append-only, but {verb} was tried.'); END"
        )
        for table in GUARDED
        for verb in ("UPDATE", "DELETE")
    }


def _wanted_on_postgresql(connection: Connection) -> dict[str, str]:
    wanted = {}
    for table in GUARDED:
        # Row triggers are inherited by partitions, statement triggers (TRUNCATE) are not.
        wanted[f"{table}.{table}_keeps_rows"] = (
            f"CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION alur_refuse_change()"
        )
        for part in [table, *partitions_of(connection, table)]:
            wanted[f"{part}.{part}_keeps_all"] = (
                f"CREATE TRIGGER {part}_keeps_all BEFORE TRUNCATE ON {part}"
                " FOR EACH STATEMENT EXECUTE FUNCTION alur_refuse_change()"
            )
    return wanted


def partitions_of(connection: Connection, table: str) -> list[str]:
    """List the partitions of a table on PostgreSQL, the DEFAULT one among them."""
    rows = connection.execute(
        text(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(:name) ORDER BY c.relname"
        ),
        {"name": table},
    )
    return list(rows.scalars())
