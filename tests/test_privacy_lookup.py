"""Odoo's own privacy lookup, when a company has it, finds what archives say (R40)."""

import json

LOOK_UP = """
import json
from odoo import Command
from odoo.exceptions import UserError
partner = env["res.partner"].create({"name": "Looked Up Customer", "is_company": True})
archive = env["kehu.archive"].create({"partner_id": partner.id})
person = env["kehu.principal"].create({
    "archive_id": archive.id, "name": "Wang Lookup", "email": "wang@lookup.example"})
request = env["kehu.person.request"].create({
    "archive_id": archive.id, "name": "Wang Lookup", "kind": "access"})
by_mail = env["kehu.person.request"].create({
    "archive_id": archive.id, "name": "W.", "email": "wang@lookup.example",
    "kind": "correct"})
env.company.kehu_min_completeness = 0
archive.action_submit()
archive.action_file()
archive.action_close("End")
env.cr.commit()

def find(name, email):
    wizard = env["privacy.lookup.wizard"].create({"name": name, "email": email})
    wizard.action_lookup()
    return wizard.line_ids

lines = find("Wang Lookup", "wang@lookup.example")
ours = {"person": person, "request": request, "by mail": by_mail}
found = [name for name, record in ours.items() if lines.filtered(
    lambda line: (line.res_model, line.res_id) == (record._name, record.id))]
customer = find("Looked Up Customer", "nobody@lookup.example")
if "kehu.archive" in customer.mapped("res_model"):
    found.append("archive")
kept = []
for line in (lines | customer).filtered(lambda line: line.res_model.startswith("kehu.")):
    try:
        with env.cr.savepoint():
            line.action_unlink()
            env.flush_all()
    except Exception as error:
        kept.append([line.res_model, type(error).__name__])
    else:
        kept.append([line.res_model, "REMOVED"])
print("FOUND", json.dumps([found, kept]))
"""


def test_odoos_privacy_lookup_finds_persons_requests_and_archives(fresh_database):
    """R40: and its “delete” does not go past the destruction procedure."""
    database = fresh_database("privacy", modules=("kehu_archive", "privacy_lookup"))
    output = database.cli("shell", "--no-http", text_in=LOOK_UP)
    line = next(row for row in output.splitlines() if "FOUND [" in row)
    found, kept = json.loads(line[line.index("[") :])
    assert set(found) == {"person", "request", "by mail", "archive"}
    assert len(kept) >= 4
    removed = [model for model, how in kept if how == "REMOVED"]
    assert not removed, f"removed past the procedure: {removed}"
