"""The one Alembic tree, and what a schema needs beside tables: partitions, guards, grants."""
