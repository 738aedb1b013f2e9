from . import kehu_form
