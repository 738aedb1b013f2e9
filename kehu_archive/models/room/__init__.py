from . import kehu_told_mixin

# Where files lie: places in cabinets, and who moves files.
from . import kehu_place
from . import kehu_cabinet_place
from . import kehu_archive_place

# Who holds the keys.
from . import kehu_cabinet_key
from . import kehu_key_handover
from . import kehu_cabinet_keys

# The six conditions, inspected on a schedule (R09).
from . import kehu_inspection
from . import kehu_inspection_line
from . import kehu_cabinet_inspection
from . import kehu_cabinet_reminder
from . import kehu_archive_inspection

# Labels and what scanning one does.
from . import kehu_scan_code
from . import kehu_scan
from . import kehu_scan_card
from . import kehu_label_reports

# Counting what is there (R99), and what is not.
from . import kehu_stocktake
from . import kehu_stocktake_cabinet
from . import kehu_stocktake_line
from . import kehu_stocktake_count
from . import kehu_stocktake_finish
from . import kehu_cabinet_count
from . import kehu_missing_case
from . import kehu_archive_missing

# Odoo's own models and the ledger's words.
from . import kehu_event
from . import res_company
from . import res_config_settings
