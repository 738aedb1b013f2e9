from . import kehu_coded_mixin
