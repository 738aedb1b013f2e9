"""A register of 20,000 rows beside Odoo's own ``load()`` of the same rows."""

import re
import statistics

from bench import generate
from bench.measure import size, tell

SCRIPT = """
import base64, io, os, time, xlsxwriter
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
def rows(begin, count):
    return [[f"B{n:06d}", f"青岛第{n}精密机械制造有限公司", f"精密{n}", "青岛",
             f"中山路{n}号", "东楼", "266000", f"0532-{80000000 + n}",
             regions[n %% len(regions)], "普通公司", "普通客户", "私营企业", "制造业",
             "王建国", 100 + n %% 5000, "2008-05-12", 1 + n %% 900, n %% 90000,
             n %% 70000, "家族企业"] for n in range(begin, begin + count)]
names = ["ref", "name", "short_name", "city", "street", "street2", "zip", "phone",
         "region_id/id", "customer_nature", "customer_category",
         "enterprise_nature_id/id", "industry_text", "legal_representative",
         "registered_capital", "founded_on", "employee_count", "annual_revenue",
         "total_assets", "enterprise_nature_text"]
nature = env["kehu.enterprise.nature"].search([("form_option", "=", "private")], limit=1)
xmlids = regions._get_external_ids()
nature_id = nature._get_external_ids()[nature.id][0]
env.cr.execute("SELECT pg_backend_pid()")
backend = env.cr.fetchone()[0]
def cpu():
    ticks = open(f"/proc/{backend}/stat").read().rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
class Clock:
    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), cpu()
        return self
    def __exit__(self, *failure):
        self.wall, self.cpu = time.perf_counter() - self.wall, cpu() - self.cpu
def book(lines):
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    sheet = workbook.add_worksheet()
    for number, row in enumerate([HEAD, *lines]):
        for col, content in enumerate(row):
            sheet.write(number, col, content if col != 8 or not number else content.code)
    workbook.close()
    return base64.b64encode(stream.getvalue())
def load(lines):
    matrix = []
    for row in lines:
        row[8:12] = [xmlids[row[8].id][0], "company", "ordinary", nature_id]
        matrix.append([str(cell) for cell in row])
    with Clock() as clock:
        result = env["res.partner"].load(names, matrix)
        env.cr.commit()
    assert result["ids"] and len(result["ids"]) == len(lines), result["messages"][:3]
    with Clock() as registering:
        env["res.partner"].browse(result["ids"])._kehu_register()
        env.cr.commit()
    return clock, registering
def register(lines):
    data = book(lines)
    with Clock() as preview:
        job = env["kehu.register.import"].create({"file": data, "filename": "台账.xlsx"})
        job.action_preview()
        env.cr.commit()
    with Clock() as apply:
        while job.state != "done":
            job.action_apply()
            env.cr.commit()
    assert (job.create_count, job.refused_count) == (len(lines), 0), (
        job.refused_line_ids[:3].mapped("message"))
    return preview, apply
# Whatever happens on the first use only is no part of the measurement.
load(rows(900000, 20))
register(rows(910000, 20))
for number in range(%(rounds)s):
    theirs, registering = load(rows(500000 + %(load)s * number, %(load)s))
    preview, apply = register(rows(%(register)s * number, %(register)s))
    print("ROUND", *(f"{c.wall} {c.cpu}" for c in (theirs, registering, preview, apply)))
"""


def test_import_of_a_register(empty):
    """Both write into the same database, in turns, as the same sales rep."""
    rounds, each = size("ROUNDS", 3), size("IMPORT_ROWS", 20_000)
    loaded = size("LOAD_ROWS", 20_000)
    text = SCRIPT % {"rounds": rounds, "load": loaded, "register": each}
    company = empty("kehu_bench_import")
    # A company that has customers, and a database that knows its own size.
    generate.customers(company, each)
    output = company.cli("shell", text_in=text, timeout=7200)
    lines = re.findall(r"^.*ROUND (.+)$", output, re.MULTILINE)
    assert len(lines) == rounds
    columns = [
        map(float, column) for column in zip(*map(str.split, lines), strict=True)
    ]
    middle = [statistics.median(column) for column in columns]
    load, load_cpu, more, more_cpu = (1000 * value / loaded for value in middle[:4])
    preview, preview_cpu, apply, apply_cpu = (1000 * v / each for v in middle[4:])
    tell(
        f"import, 20 columns: {rounds} rounds of {each} rows by register, {loaded} "
        "rows by load(); seconds for 1,000 rows",
        "                                         wall     processor",
        f"load(), customers only             {load:8.2f}      {load_cpu:8.2f}",
        f"registering them, without facts    {more:8.2f}      {more_cpu:8.2f}",
        f"register, preview                  {preview:8.2f}      {preview_cpu:8.2f}",
        f"register, taking over, + archives  {apply:8.2f}      {apply_cpu:8.2f}",
        f"taking over / load()               {apply / load:8.2f}"
        f"      {apply_cpu / load_cpu:8.2f}   (wanted: at most 0.25)",
        f"taking over / load() and archives  {apply / (load + more):8.2f}"
        f"      {apply_cpu / (load_cpu + more_cpu):8.2f}",
    )
    assert apply <= 0.25 * load
