"""How many queries the screens take for 1 and for 50 records."""

import re

from bench.measure import tell

COUNT = """
from lxml import etree
from odoo import Command
user = env.ref("base.user_admin")
user.group_ids += env.ref("kehu_archive.group_kehu_archivist")
env.cr.commit()
def specification(model, view):
    arch = etree.fromstring(model.get_view(view_type=view)["arch"])
    names = {n.get("name") for n in arch.iter("field") if not any(a.tag == "field" for a in n.iterancestors())}
    spec = {}
    for name in names & model._fields.keys():
        kind = model._fields[name].type
        spec[name] = {"fields": {"display_name": {}}} if kind in ("many2one", "one2many", "many2many") else {}
    return spec
for title, name, view, domain in (
    ("archives, list", "kehu.archive", "list", []),
    ("archives, form", "kehu.archive", "form", []),
    ("partners, list", "res.partner", "list", [("archive_id", "!=", False)]),
):
    model = env[name].with_user(user)
    spec = specification(model, view)
    counts = []
    for number in (1, 1, 50):
        model.env.invalidate_all()
        records = model.search(domain, limit=number)
        model.env.invalidate_all()
        begin = env.cr.sql_log_count
        records.web_read(spec)
        counts.append(env.cr.sql_log_count - begin)
    print("QUERIES", title.replace(" ", "_"), counts[1], counts[2])
"""


def test_queries_of_the_screens(full):
    output = full.cli("shell", text_in=COUNT)
    lines = re.findall(r"QUERIES (\S+) (\d+) (\d+)", output)
    tell(
        "queries for 1 and 50 records",
        *(
            f"{title.replace('_', ' '):20} {one:>5} {many:>5}"
            for title, one, many in lines
        ),
    )
    assert len(lines) == 3
    for title, one, many in lines:
        # A handful more for what only some records have, never one for each record.
        assert int(many) <= int(one) + 25, title
