# The register out: rows straight from SQL, and who took them.
from . import kehu_archive_register
from . import kehu_register_export

# What a register's cells mean, and what becomes of its rows.

from . import kehu_register_plan
from . import kehu_register_write
from . import kehu_register_insert
from . import kehu_register_make
