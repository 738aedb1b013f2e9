from . import kehu_demo
from . import kehu_demo_sections
from . import kehu_demo_deals
from . import kehu_demo_custody
from . import kehu_demo_loans
from . import kehu_demo_room
from . import kehu_demo_credit
from . import kehu_demo_invoicing
