"""What the app's PostgreSQL login may do; the owner's login owns the tables and runs upgrades."""

from __future__ import annotations

from sqlalchemy import URL, Connection, MetaData, text

# What is only ever added to.
_APPEND_ONLY = {
    "history",
    "tree_batch",
    "tree_checkpoint",
    "deployment",
    "definition",
    "definition_file",
    "resource",
}
# The platform looks at the DEFAULT partition of the history to tell whether it is ready.
_READ_ONLY = {"alembic_version", "history_rest"}


def ensure_app_login(connection: Connection, app: URL) -> bool:
    """Make the app's login when there is none, and say whether it was made."""
    if connection.dialect.name != "postgresql" or not app.username:
        return False
    known = connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": app.username}
    ).scalar()
    if known:
        return False
    role, password = _quoted(connection, app.username), str(app.password or "")
    secret = " PASSWORD " + _literal(password) if password else ""
    connection.exec_driver_sql(
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE{secret}"
    )
    return True


def grant_app(connection: Connection, app: URL, metadata: MetaData) -> None:
    """Give the app's login what it needs on every table: on history, to read and to add."""
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    if connection.dialect.name != "postgresql" or not app.username or app.username == owner:
        return
    role = _quoted(connection, app.username)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
    for name in [*metadata.tables, *_READ_ONLY]:
        rights = _rights(name)
        connection.exec_driver_sql(f"GRANT {rights} ON {_quoted(connection, name)} TO {role}")


def _rights(table: str) -> str:
    if table in _READ_ONLY:
        return "SELECT"
    return "SELECT, INSERT" if table in _APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _literal(value: str) -> str:
    if "\\" in value or "\0" in value:
        raise ValueError("Expected a password without a backslash, but it has one.")
    # CREATE ROLE takes no bound parameters; percent signs are doubled for the driver.
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"
