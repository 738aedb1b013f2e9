from . import kehu_form
from . import kehu_register
