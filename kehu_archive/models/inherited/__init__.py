from . import res_partner_industry

# The customer card on the partner.
from . import res_partner_card
from . import res_partner_completeness
from . import res_partner_code
from . import res_partner_name
from . import res_partner_head_office
from . import res_partner_dealer
from . import res_partner_guard
from . import res_partner_vat
from . import res_partner_registration
from . import kehu_tax_gate
from . import res_partner_duplicates
from . import res_partner_panel
from . import res_partner_keeper
from . import res_partner_trade
from . import res_partner_bank_use
from . import res_partner_category
from . import res_partner_filing_gate
from . import res_partner_fact_source
from . import res_partner_complaint

# What turns a partner into a customer, and what shows its names.
from . import crm_lead
from . import sale_order
from . import account_move
from . import account_payment
from . import kehu_delivery_gate
from . import base_partner_merge
from . import ir_qweb_field_contact

# Settings.
from . import res_company
from . import res_config_settings
from . import ir_actions_report
from . import ir_sequence
from . import mail_thread
