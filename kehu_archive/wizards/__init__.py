from . import kehu_archive_file
from . import kehu_archive_reason
from . import kehu_emergency
from . import kehu_loan_request
from . import kehu_loan_step
from . import kehu_opinion_box
from . import kehu_registration_import
