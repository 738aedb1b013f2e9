# Who is invoiced, and the paper that other legal persons need.
from . import res_company
from . import res_config_settings
from . import kehu_invoicing_agreement
from . import res_partner

# What Odoo's own invoicing is taught: one invoice for a head office.
from . import account_move
from . import sale_order_line
from . import sale_order

# Month-end: preview, drafts, posting.
from . import kehu_invoice_run
from . import kehu_invoice_run_work
from . import kehu_invoice_run_line

# What was delivered, invoiced, paid; the three tables of the clerk.
from . import kehu_table_mixin
from . import kehu_scoped_table_mixin
from . import ir_actions_report
from . import kehu_match
from . import kehu_match_scope
from . import kehu_sales_statistics
from . import kehu_customer_table
from . import kehu_sales_funnel
from . import kehu_customer_kpi
from . import kehu_customer_kpi_scope
