from . import kehu_archive_file
from . import kehu_archive_reason
from . import kehu_registration_import
from . import kehu_archive_as_of
from . import kehu_master_key_change
from . import kehu_registration_import_line
from . import kehu_registration_import_cell
from . import kehu_register_import
