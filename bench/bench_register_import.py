"""A register of 20,000 rows beside Odoo's own ``load()`` of the same rows."""

import re

from bench.measure import size, tell

COMMON = """
import base64, io, time, xlsxwriter
from odoo import Command
user = env["res.users"].with_context(no_reset_password=True).create({
    "name": "李销售", "login": "bench_rep", "lang": "zh_CN", "group_ids": [Command.set([
        env.ref("base.group_user").id, env.ref("kehu_archive.group_kehu_rep").id])]})
env.cr.commit()
env = env(user=user, context={"lang": "zh_CN"})
regions = env["kehu.region"].search([("level", "=", "county")], limit=2000)
HEAD = ["客户编号", "客户名称", "简称", "城市", "详细地址", "地址补充", "邮编", "电话",
        "所属地区", "客户性质", "客户类别", "企业性质", "所属行业", "法定代表人",
        "注册资本", "成立时间", "员工人数", "营业收入", "资产", "企业性质说明"]
def rows(count):
    return [[f"B{n:06d}", f"青岛第{n}精密机械制造有限公司", f"精密{n}", "青岛",
             f"中山路{n}号", "东楼", "266000", f"0532-{80000000 + n}",
             regions[n % len(regions)], "普通公司", "普通客户", "私营企业", "制造业",
             "王建国", 100 + n % 5000, "2008-05-12", 1 + n % 900, n % 90000,
             n % 70000, "家族企业"] for n in range(count)]
"""
OURS = """
COUNT = %d
book = io.BytesIO()
workbook = xlsxwriter.Workbook(book)
sheet = workbook.add_worksheet()
for number, row in enumerate([HEAD, *rows(COUNT)]):
    for col, content in enumerate(row):
        sheet.write(number, col, content if col != 8 or not number else content.code)
workbook.close()
begin = time.perf_counter()
job = env["kehu.register.import"].create(
    {"file": base64.b64encode(book.getvalue()), "filename": "台账.xlsx"})
job.action_preview()
env.cr.commit()
preview = time.perf_counter()
while job.state != "done":
    job.action_apply()
    env.cr.commit()
end = time.perf_counter()
assert (job.create_count, job.refused_count) == (COUNT, 0), job.refused_line_ids[:3].mapped("message")
print("OURS", preview - begin, end - preview)
"""
THEIRS = """
COUNT = %d
names = ["ref", "name", "short_name", "city", "street", "street2", "zip", "phone",
         "region_id/id", "customer_nature", "customer_category",
         "enterprise_nature_id/id", "industry_text", "legal_representative",
         "registered_capital", "founded_on", "employee_count", "annual_revenue",
         "total_assets", "enterprise_nature_text"]
nature = env["kehu.enterprise.nature"].search([("form_option", "=", "private")], limit=1)
xmlids = {**regions._get_external_ids(), }
region_ids = {r.id: xmlids[r.id][0] for r in regions}
nature_id = nature._get_external_ids()[nature.id][0]
matrix = []
for row in rows(COUNT):
    row[8:12] = [region_ids[row[8].id], "company", "ordinary", nature_id]
    matrix.append([str(cell) for cell in row])
begin = time.perf_counter()
result = env["res.partner"].load(names, matrix)
env.cr.commit()
end = time.perf_counter()
assert result["ids"] and len(result["ids"]) == COUNT, result["messages"][:3]
print("THEIRS", end - begin)
"""


def test_import_of_a_register(empty):
    """Both write into an empty database of their own, one after the other."""
    our_rows, their_rows = size("IMPORT_ROWS", 20_000), size("LOAD_ROWS", 2_000)
    theirs = empty("kehu_bench_load").cli(
        "shell", text_in=COMMON + THEIRS % their_rows, timeout=7200
    )
    ours = empty("kehu_bench_import").cli(
        "shell", text_in=COMMON + OURS % our_rows, timeout=7200
    )
    preview, apply = map(float, re.search(r"OURS (\S+) (\S+)", ours).groups())
    load = float(re.search(r"THEIRS (\S+)", theirs)[1])
    per_load = 1000 * load / their_rows
    per_preview, per_apply = 1000 * preview / our_rows, 1000 * apply / our_rows
    whole = per_preview + per_apply
    tell(
        f"import, 20 columns; register {our_rows} rows, load() {their_rows} rows "
        "(seconds for each 1,000)",
        f"load(), customers only             {per_load:8.2f}",
        f"register, preview (all checks)     {per_preview:8.2f}",
        f"register, taking over, + archives  {per_apply:8.2f}",
        f"taking over / load()               {per_apply / per_load:8.2f}",
        f"preview and taking over / load()   {whole / per_load:8.2f}"
        "   (wanted: at most 0.25)",
    )
    assert whole <= 0.25 * per_load
