"""``sql/README.md`` lists every object of the schema and its file."""

import re

import pytest

from geniai_pipeline.settings import ROOT
from geniai_pipeline.warehouse.connections import admin_url, connect

_OBJECTS = """
select c.oid::regclass::text, case c.relkind when 'v' then 'view' else 'table' end
from pg_class c
where c.relkind in ('r', 'p', 'v')
  and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
union
select format('%s.%I', p.pronamespace::regnamespace, p.proname), 'function'
from pg_proc p where p.pronamespace::regnamespace::text !~ '^(pg_|information_schema$)'
"""
_ROW = re.compile(r"^\| `([\w.]+)` \| (\w+) \| `([\w./]+)` \|", re.MULTILINE)


@pytest.mark.usefixtures("embedded")
def test_the_readme_lists_every_table_view_and_function_and_no_others() -> None:
    rows = _ROW.findall((ROOT / "sql" / "README.md").read_text(encoding="utf-8"))
    with connect(admin_url()) as connection:
        connection.execute("set search_path = ''")
        objects = set(connection.execute(_OBJECTS).fetchall())

    assert {(name, kind) for name, kind, _ in rows} == objects
    assert [path for _, _, path in rows if not (ROOT / "sql" / path).is_file()] == []
