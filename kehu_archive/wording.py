"""How lists are written in the language of whoever reads them."""


def comma(env):
    """Return what stands between the parts of a list.

    Names and numbers in one sentence are parted by 、 in Chinese; a comma and a blank
    there look like English.

    :param odoo.api.Environment env: of whoever reads the sentence
    :rtype: str
    """
    return "、" if (env.lang or "").startswith("zh") else ", "
