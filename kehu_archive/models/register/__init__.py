# The register out: rows straight from SQL, and who took them.
from . import kehu_archive_register
from . import kehu_register_export

# What a register's cells mean, and what becomes of its rows.
from . import kehu_register_plan
from . import kehu_register_match
from . import kehu_register_bare
from . import kehu_register_check

# Writing them.
from . import kehu_register_write
from . import kehu_register_fault
from . import kehu_register_insert
from . import kehu_register_new
from . import kehu_register_make
from . import kehu_register_update
