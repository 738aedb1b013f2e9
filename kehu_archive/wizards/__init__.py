from . import kehu_archive_file
from . import kehu_archive_reason
