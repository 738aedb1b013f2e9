# Code tables.
from . import kehu_region
from . import kehu_enterprise_nature
from . import kehu_customer_class
from . import kehu_industry_label
