# The application, its lines, its steps.
from . import kehu_destruction
from . import kehu_destruction_line
from . import kehu_destruction_check
from . import kehu_destruction_steps
from . import kehu_destruction_verification

# What stands against it, asked before each step and under lock at the end.
from . import kehu_archive_blockers
from . import kehu_destruction_blockers
from . import kehu_archive_copy_return

# How long it is kept: periods, holds, appraisals.
from . import kehu_retention_rule
from . import kehu_legal_hold
from . import kehu_archive_retention
from . import kehu_appraisal

# Destroying, and what stays.
from . import kehu_destruction_register
from . import kehu_destruction_places
from . import kehu_archive_destruction
from . import kehu_customer_stub
from . import kehu_destruction_execution

# Proof: what is looked for, where, and what was found.
from . import kehu_destruction_values
from . import kehu_destruction_scan
from . import kehu_scan_database
from . import kehu_scan_files
from . import kehu_destruction_proof
from . import kehu_destruction_certificate
from . import kehu_destruction_countersign

# A person's own rights: consent, withdrawal, requests.
from . import kehu_person_rights
from . import kehu_person_request
from . import kehu_person_link
from . import kehu_person_page

# Settings of the company
from . import res_company
from . import res_config_settings
