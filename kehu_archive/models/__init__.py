# What every record of ours shares.
from . import mixins

# The archive, its sections, and the code tables that classify customers.
from . import archive

# The register, out and in.
from . import register

# The ledger of what happened to archives, and its proof.
from . import control

# What we add to Odoo's own models.
from . import inherited

# Who gets to see it, for how long, and who holds the paper: guards what is above.
from . import circulation

# The archive room: places, keys, inspections, scanning, stock-takes.
from . import room

# One invoice for a head office, and what was delivered, invoiced, paid.
from . import invoicing

# The lawful end of an archive: applied for, approved, verified, witnessed, proven.
from . import destruction

# How customers pay: facts, grades, and what they hold up.
from . import credit

# What leaves: reasons, numbers, limits, disclosures, the undertaking of secrecy.
from . import use
