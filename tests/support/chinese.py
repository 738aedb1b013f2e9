"""Finds English that a Chinese user would see on a screen."""

import re

# What a Chinese user writes in Latin letters, too.
ALLOWED = frozenset(
    """
    xlsx xls zip pdf csv crm odoo odoobot erp excel wps bom sku vip usd cny eur tab
    """.split()
) | {
    # The company of Odoo's own demonstration.
    "company",
    "san",
    "francisco",
}
# Words of Odoo itself that its Chinese translation leaves in English: the tooltip of the
# breadcrumb, the names of views for screen readers.
ODOO = ("back", "form", "list", "kanban", "view")
# Demonstration data and addresses are no words: e-mail, web addresses, file names,
# codes with digits.
_NO_WORDS = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w.-]+|\b[\w-]+\.(?:com|cn|example|xlsx?|zip)\b"
    r"|\b(?=[\w/-]*\d)[A-Za-z0-9_/-]+\b"
)
_WORD = re.compile(r"[A-Za-z]{3,}")
_COLLECT = """() => {
    const seen = [];
    const isVisible = (el) =>
        el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { nodeValue, parentElement } = walker.currentNode;
        if (nodeValue.trim() && !parentElement.closest("script, style, noscript")
                && isVisible(parentElement)) {
            seen.push(["text", nodeValue.trim()]);
        }
    }
    for (const name of ["placeholder", "title", "alt", "aria-label", "data-tooltip"]) {
        for (const el of document.querySelectorAll(`[${name}]`)) {
            if (isVisible(el)) {
                seen.push([name, el.getAttribute(name)]);
            }
        }
    }
    for (const el of document.querySelectorAll("[data-tooltip-info]")) {
        const { field } = JSON.parse(el.getAttribute("data-tooltip-info"));
        if (field && isVisible(el)) {
            seen.push(["help", `${field.label || ""} ${field.help || ""}`]);
        }
    }
    return seen;
}"""


def english_words(text, allowed=ALLOWED):
    """Return the English words of a text.

    :param text: what stands on a screen.
    :param allowed: words, in small letters, that are left out.
    :return: list of words of three letters and more.
    """
    words = _WORD.findall(_NO_WORDS.sub(" ", text))
    return [word for word in words if word.lower() not in allowed]


def visible_english(page, extra=()):
    """Return the English that a browser window shows, tooltips included.

    :param page: Playwright's page.
    :param extra: further words that this screen may hold.
    :return: list of ``"kind: text"``, one for each text with an English word.
    """
    allowed = ALLOWED | {word.lower() for word in extra}
    return sorted(
        {
            f"{kind}: {text}"
            for kind, text in page.evaluate(_COLLECT)
            if english_words(text, allowed)
        }
    )


def assert_chinese(page, screen, extra=()):
    """Fail when a window shows English.

    :param page: Playwright's page.
    :param screen: what the screen is called, for the message.
    :param extra: further words that this screen may hold.
    """
    found = visible_english(page, extra)
    assert not found, f"English on the screen “{screen}”:\n" + "\n".join(found)
