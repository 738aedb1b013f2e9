# What the books say of a customer, and the grade that follows from it.
from . import res_company
from . import res_config_settings
from . import account_move
from . import kehu_credit_facts
from . import kehu_credit_reasons
from . import kehu_credit_assessment
from . import kehu_credit_grading
from . import res_partner
