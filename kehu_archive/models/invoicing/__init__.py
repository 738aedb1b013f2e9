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
from . import kehu_invoice_run_line
