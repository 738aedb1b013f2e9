# The ledger: its rows, the heads of its chains, and who gathers what is logged.
from . import kehu_event
from . import kehu_event_head
from . import kehu_ledger
from . import kehu_ledger_values
from . import kehu_ledger_compose
from . import kehu_ledger_chain
from . import kehu_ledger_made
from . import kehu_ledger_refusal

# What is logged, and where it is noticed.
from . import kehu_logged_mixin
from . import kehu_archive_ledger
from . import kehu_archive_key_ledger
from . import kehu_principal_ledger
from . import res_partner_ledger
from . import kehu_register_ledger
from . import ir_rule

# Proving that nothing was altered.
from . import kehu_event_anchor
from . import kehu_event_verification
from . import kehu_event_check
from . import kehu_event_pack

# Reading it: words, history, the archive as of a day.
from . import kehu_event_content
from . import kehu_archive_history

# Keys.
from . import kehu_vault_rotation
