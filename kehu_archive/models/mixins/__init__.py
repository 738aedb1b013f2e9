from . import kehu_append_only_mixin
from . import kehu_archive_section_mixin
from . import kehu_code_panel
from . import kehu_coded_mixin
from . import kehu_transition_mixin
from . import kehu_vault
from . import kehu_approval_mixin
from . import kehu_recent_use
