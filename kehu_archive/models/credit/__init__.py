# What the books say of a customer, and the grade that follows from it.
from . import res_company
from . import res_config_settings
from . import account_move
from . import kehu_credit_facts
from . import kehu_credit_reasons
from . import kehu_credit_assessment
from . import kehu_credit_grading
from . import kehu_credit_night
from . import res_partner
from . import res_partner_credit_readers
from . import res_partner_credit_guard
from . import res_partner_grade
from . import res_partner_limit
from . import res_partner_trust

# Who may set rules aside, and what they hold up.
from . import kehu_credit_request_mixin
from . import kehu_credit_override
from . import kehu_credit_release
from . import kehu_credit_turn
from . import kehu_credit_gate
from . import kehu_credit_exposure
from . import kehu_credit_passing
from . import sale_order
from . import res_partner_filing_release
from . import kehu_delivery_gate
