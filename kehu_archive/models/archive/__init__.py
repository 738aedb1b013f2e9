# Code tables.
from . import kehu_region
from . import kehu_enterprise_nature
from . import kehu_customer_class
from . import kehu_industry_label

# Custody: where archives lie and the keys that open their sensitive layer.
from . import kehu_cabinet
from . import kehu_archive_key

# The archive itself: identity, content, filing, completeness, merging.
from . import kehu_archive
from . import kehu_archive_card
from . import kehu_archive_content
from . import kehu_archive_business
from . import kehu_archive_tendency
from . import kehu_archive_filing
from . import kehu_archive_reminder
from . import kehu_archive_screen
from . import kehu_archive_completeness
from . import kehu_archive_stage
from . import kehu_archive_merge
from . import kehu_archive_legal
from . import kehu_archive_source
from . import kehu_archive_unverified
from . import kehu_archive_form
from . import kehu_archive_form_apply
from . import kehu_archive_form_match
from . import kehu_archive_copy

# Its sections.
from . import kehu_archive_fact
from . import kehu_archive_item
from . import kehu_archive_note
from . import kehu_competitor
from . import kehu_competitor_comparison
from . import kehu_consent
from . import kehu_cooperation
from . import kehu_need
from . import kehu_principal
from . import kehu_service_record
