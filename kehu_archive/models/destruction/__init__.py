# The application, its lines, its steps.
from . import kehu_destruction
from . import kehu_destruction_line
from . import kehu_destruction_check
from . import kehu_destruction_steps

# What stands against it, asked before each step and under lock at the end.
from . import kehu_archive_blockers
from . import kehu_destruction_blockers

# Destroying, and what stays.
from . import kehu_destruction_register
from . import kehu_destruction_places
from . import kehu_archive_destruction
from . import kehu_destruction_execution

# Settings of the company
from . import res_company
from . import res_config_settings
