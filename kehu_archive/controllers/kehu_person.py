from odoo import http
from odoo.http import request

# Wrong links from one address, and uses of one person's link, within an hour.
WRONG_LIMIT = 20
USE_LIMIT = 60
_KINDS = ("access", "correct", "delete", "restrict")
_DETAILS = 4000
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'",
}


class KehuPersonController(http.Controller):
    """What a person reaches with the link that was made for them, without a login.

    The signature in the address is the only key: nothing here takes an id from the
    visitor but looks it up below the person of the link.
    """

    @http.route(
        "/kehu/person/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token, done=None):
        """Show a person what is kept about them.

        :param str token: the signed link
        :param str done: what was just done, to be confirmed on the page
        """
        person, refusal = self._find(token)
        if refusal:
            return refusal
        person._log_link("opened")
        return self._render(
            "kehu_archive.person_page",
            {
                "person": person,
                "facts": person._get_link_facts(),
                "items": person._get_link_items(),
                "requests": person._get_link_requests(),
                "token": token,
                "done": done if done in ("withdrawn", "asked") else None,
            },
        )

    @http.route(
        "/kehu/person/<string:token>/withdraw",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def withdraw(self, token, item=None):
        """Withdraw the consent to one item; it is destroyed at once (PIPL 15, 47).

        :param str token: the signed link
        :param str item: name of the item
        """
        person, refusal = self._find(token)
        if refusal:
            return refusal
        consents = person.consent_ids.filtered(
            lambda one: one.item == item and one.decision == "granted"
        )
        if consents:
            consents._withdraw()
            person._log_link("withdrawn")
        return request.redirect(f"/kehu/person/{token}?done=withdrawn")

    @http.route(
        "/kehu/person/<string:token>/ask",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def ask(self, token, kind=None, details=""):
        """Hand in a request at the desk: see, correct, delete, restrict (PIPL 44-47).

        :param str token: the signed link
        :param str kind: what the person asks for
        :param str details: in the person's own words
        """
        person, refusal = self._find(token)
        if refusal:
            return refusal
        if kind in _KINDS:
            person._ask_by_link(kind, details.strip()[:_DETAILS])
            person._log_link("asked")
        return request.redirect(f"/kehu/person/{token}?done=asked")

    def _find(self, token):
        """Return (person, None), or (None, the answer that refuses).

        A wrong, an ended and a revoked link are answered alike.
        """
        uses = request.env["kehu.recent.use"]
        address = f"address {request.httprequest.remote_addr}"
        if uses._is_over(address, WRONG_LIMIT):
            return None, self._refuse(429)
        person = request.env["kehu.principal"]._find_by_link(token)
        if not person:
            uses._count(address)
            return None, self._refuse(404)
        if not uses._count(f"person {person.id}", limit=USE_LIMIT):
            return None, self._refuse(429)
        lang = person.archive_id._get_form_lang()
        return person.with_context(lang=lang), None

    def _refuse(self, status):
        return self._render(
            "kehu_archive.person_refused", {"status": status}, status=status
        )

    def _render(self, template, values, status=200):
        lang = request.env["kehu.archive"]._get_form_lang()
        values = {
            **values,
            "csrf_token": request.csrf_token,
            "title": request.env(context={"lang": lang})._("What We Keep About You"),
        }
        # sudo: a visitor may not read views; the page says what it was given alone.
        page = (
            request.env["ir.qweb"]
            .sudo()
            .with_context(lang=lang)
            ._render(template, values)
        )
        return request.make_response(
            f"<!DOCTYPE html>\n{page}",
            headers=[("Content-Type", "text/html; charset=utf-8"), *_HEADERS.items()],
            status=status,
        )
