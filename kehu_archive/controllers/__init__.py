from . import kehu_destruction
from . import kehu_form
from . import kehu_ledger
from . import kehu_person
from . import kehu_register
from . import kehu_scan
from . import kehu_export
