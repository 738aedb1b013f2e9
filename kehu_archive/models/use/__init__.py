# What leaves on paper or as a file: who took it, why, under which number, until when.
from . import kehu_release
from . import kehu_release_limit
from . import kehu_alert
from . import kehu_archive_copy
from . import kehu_archive
from . import ir_actions_report
from . import kehu_register_export
from . import kehu_archive_item
from . import kehu_undertaking
from . import kehu_principal
from . import kehu_disclosure
from . import kehu_sensitive
from . import kehu_item_layer
from . import kehu_leaver
from . import kehu_leaver_use
from . import res_company
from . import res_config_settings
