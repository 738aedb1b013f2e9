# What is granted one by one, and the grants.
from . import kehu_archive_section
from . import kehu_blind_question
from . import kehu_loan
from . import kehu_loan_approval
from . import kehu_loan_queue
from . import kehu_loan_custody
from . import kehu_loan_reminder
from . import kehu_loan_emergency
from . import kehu_section_request
from . import kehu_opinion

# The archive and its lines, as far as access goes.
from . import kehu_archive_access
from . import kehu_archive_reading
from . import kehu_archive_lines_access
from . import kehu_archive_mail
from . import kehu_right

# Odoo's own models: what would outlive a grant, who decides, who is told.
from . import crm_team
from . import ir_attachment
from . import ir_binary
from . import mail_activity
from . import mail_activity_language
from . import mail_mail
from . import mail_message
from . import res_company
from . import res_config_settings
from . import res_partner
from . import res_users
