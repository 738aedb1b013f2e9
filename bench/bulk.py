"""Big tables filled fast: their indexes are made once, after the rows are there."""

import contextlib

_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
  FROM pg_index
 WHERE indrelid = ANY(%s::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_IS_ROOT = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"


@contextlib.contextmanager
def filling(cursor, *tables):
    """Leave indexes and, where the role may, checks of foreign keys out for a block.

    :param cursor: of the transaction that fills the tables
    :param tables: their names
    """
    cursor.execute(_INDEXES, [list(tables)])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute(_IS_ROOT)
    is_root = cursor.fetchone()[0]
    if is_root:
        cursor.execute("SET session_replication_role = replica")
    yield
    if is_root:
        cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _name, definition in indexes:
        cursor.execute(definition)
    cursor.execute("RESET maintenance_work_mem")
