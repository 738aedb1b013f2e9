"""Archives that are due, and lists of them that wait for their execution."""

# Their passwords equal their logins.
PEOPLE = {
    "live_applicant": "archivist",
    "live_head": "manager",
    "live_executor": "archivist",
    "live_executor2": "archivist",
    "live_witness": "auditor",
}

_SETUP = """
from datetime import date, timedelta
from odoo import Command
company = env.company
company.kehu_cooling_days = 0
company.kehu_min_completeness = 0
people = {{}}
for login, group in {people}.items():
    people[login] = env["res.users"].with_context(no_reset_password=True).create({{
        "name": login, "login": login, "password": login, "lang": {lang!r},
        "group_ids": [Command.set([env.ref("base.group_user").id,
                                   env.ref(f"kehu_archive.group_kehu_{{group}}").id])]}})
applicant, head, witness = (
    people["live_applicant"], people["live_head"], people["live_witness"])
partners = env["res.partner"].create([
    {{"name": f"Live customer {{number}}", "is_company": True}}
    for number in range({count})])
archives = env["kehu.archive"].create([
    {{"partner_id": partner.id, "main_business": f"{mark} business {{number}}"}}
    for number, partner in enumerate(partners)])
env["kehu.archive.note"].create([
    {{"archive_id": archive.id, "text": f"{mark} note {{number}}"}}
    for number, archive in enumerate(archives)])
env["ir.attachment"].create([
    {{"name": f"{mark} file {{number}}.txt", "mimetype": "text/plain",
      "raw": f"{mark} content {{number}}".encode(),
      "res_model": "kehu.archive", "res_id": archive.id}}
    for number, archive in enumerate(archives)])
for number, archive in enumerate(archives):
    archive.message_post(body=f"{mark} message {{number}}")
archives.action_submit()
archives.with_user(applicant).action_file()
archives.with_user(applicant).action_close("End")
archives.write({{"retention_until": date.today() - timedelta(days=2)}})
env.cr.commit()
print("ARCHIVES", archives.ids)
lists = []
for size in {sizes}:
    part, archives = archives[:size], archives[size:]
    one = env["kehu.destruction"].with_user(applicant).create({{
        "reason": "Due", "legal_basis": "Rule",
        "line_ids": [Command.create({{"archive_id": archive.id}}) for archive in part]}})
    one.action_submit()
    one.with_user(head).action_approve()
    one.action_register()
    one.action_verify()
    one.with_user(witness).action_verify()
    one.with_user(witness).action_witness()
    env.cr.commit()
    lists.append(one.id)
print("LISTS", lists)
"""


def prepare(database, count, sizes, mark="Live", lang="en_US"):
    """Make archives that are due, and lists that only have to be executed.

    :param tests.support.live.Database database: where
    :param int count: how many archives
    :param list sizes: how many archives each list names; the rest is in no list
    :param str mark: a word that all contents have
    :param str lang: the language of the people
    :return: (ids of the archives, ids of the lists)
    """
    output = database.cli(
        "shell",
        "--no-http",
        text_in=_SETUP.format(
            people=PEOPLE, count=count, sizes=list(sizes), mark=mark, lang=lang
        ),
    )
    found = {}
    for line in output.splitlines():
        for word in ("ARCHIVES", "LISTS"):
            if f"{word} [" in line:
                numbers = line.rpartition("[")[2].strip("] ").split(",")
                found[word] = [int(number) for number in numbers if number]
    return found["ARCHIVES"], found["LISTS"]
