"""Customers by the hundred thousand, made by SQL: the same ones in every run."""

import contextlib

from bench.bulk import filling

PARTNERS = """
INSERT INTO res_partner (
    name, complete_name, short_name, ref, is_company, active, type, lang,
    commercial_company_name, street, city, zip, phone, email, vat,
    legal_representative, registered_capital, founded_on, employee_count,
    annual_revenue, total_assets, customer_nature, customer_category, industry_text,
    autopost_bills, customer_rank, supplier_rank,
    partner_share, user_id, region_id, industry_id, enterprise_nature_id,
    create_uid, create_date, write_uid, write_date)
SELECT '青岛第' || n || '精密机械制造有限公司', '青岛第' || n || '精密机械制造有限公司',
       '精密' || n, 'B' || lpad(n::text, 7, '0'), TRUE, TRUE, 'contact', 'zh_CN',
       '青岛第' || n || '精密机械制造有限公司', '中山路' || n || '号', '青岛', '266000',
       '0532-' || 80000000 + n, 'office' || n || '@example.com',
       '91370200' || lpad(n::text, 10, '0'), '王建国', 100 + n %% 5000,
       date '2000-01-01' + n %% 8000, 1 + n %% 900, n %% 90000, n %% 70000,
       'company', (ARRAY['key', 'main', 'ordinary', 'potential'])[1 + n %% 4],
       '制造业', 'ask', 0, 0, TRUE, 2,
       (SELECT id FROM kehu_region WHERE code = '370200'),
       (SELECT id FROM res_partner_industry WHERE code = 'C'),
       (SELECT id FROM kehu_enterprise_nature ORDER BY id LIMIT 1),
       1, now(), 1, now()
  FROM generate_series(1, %s) n
"""
BARE_PARTNERS = """
INSERT INTO res_partner (name, complete_name, ref, is_company, active, type, lang,
    street, city, phone, autopost_bills, customer_rank, supplier_rank,
    partner_share, create_uid, create_date, write_uid, write_date)
SELECT '客户' || n, '客户' || n, 'P' || n, TRUE, TRUE, 'contact', 'zh_CN',
       '中山路' || n || '号', '青岛', '0532-' || 80000000 + n, 'ask', 0, 0, TRUE,
       1, now(), 1, now()
  FROM generate_series(1, %s) n
"""
ARCHIVES = """
INSERT INTO kehu_archive (
    partner_id, company_id, user_id, state, confidentiality, registered_at, filled_on,
    filing_deadline, completeness, main_business, business_scope, settlement_method,
    credit_days, market_area, business_mode, remark, card_region_id,
    create_uid, create_date, write_uid, write_date)
SELECT id, 1, user_id, 'draft', 'secret', now(), current_date, now() + '10 days', 60,
       '数控机床、齿轮', '生产、销售精密机械及配件', 'term', 30, '山东及华东', '直销',
       '老客户介绍', region_id, 1, now(), 1, now()
  FROM res_partner WHERE ref LIKE 'B%%'
"""


def partners(database, count):
    """Fill a database without the module with ordinary partners."""
    database.psql(BARE_PARTNERS, [count])
    database.psql("UPDATE res_partner SET commercial_partner_id = id WHERE ref ~ '^P'")
    database.psql("VACUUM ANALYZE res_partner")


def customers(database, count):
    """Fill a database with registered customers."""
    with (
        contextlib.closing(database.connect()) as connection,
        connection,
        connection.cursor() as cursor,
        filling(cursor, "res_partner", "kehu_archive"),
    ):
        cursor.execute(PARTNERS, [count])
        cursor.execute(ARCHIVES.replace("%%", "%"))
        cursor.execute("CREATE INDEX bench_owner ON kehu_archive (partner_id)")
        cursor.execute(
            """UPDATE res_partner SET archive_id = archive.id,
                      commercial_partner_id = res_partner.id
                 FROM kehu_archive archive WHERE archive.partner_id = res_partner.id"""
        )
        cursor.execute("DROP INDEX bench_owner")
    for table in ("res_partner", "kehu_archive"):
        database.psql(f"VACUUM ANALYZE {table}")
