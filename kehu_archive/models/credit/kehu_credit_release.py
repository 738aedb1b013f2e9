from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, plaintext2html

from ...wording import comma
from ..mixins.kehu_transition_mixin import _TRANSITION


class KehuCreditRelease(models.Model):
    """A document that the credit rules stop goes ahead all the same (R87).

    The request keeps the reasons and figures as they were. Granted, it lets this one
    document pass for these reasons, up to this amount; deliveries of a released order
    pass with it. What is stopped for another reason, or has grown, is asked for anew.
    """

    _name = "kehu.credit.release"
    _description = "Release of a Stopped Document"
    _inherit = ["kehu.credit.request.mixin"]

    document_model = fields.Selection(
        [("sale.order", "Order"), ("stock.picking", "Delivery")],
        string="Kind of Document",
        readonly=True,
        required=True,
        help="What is stopped.",
    )
    document_id = fields.Many2oneReference(
        model_field="document_model",
        readonly=True,
        required=True,
        index=True,
        help="The stopped document.",
    )
    document_name = fields.Char(
        string="Document", readonly=True, help="Number of the stopped document."
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        required=True,
        index=True,
        help="The company whose rules stop it.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        required=True,
        help="Currency of the document.",
    )
    amount = fields.Monetary(
        readonly=True, help="Amount of the document when it was asked for."
    )
    kinds = fields.Char(
        string="Rules Broken", readonly=True, help="Which rules stop it."
    )
    kinds_text = fields.Char(
        string="Stopped By",
        compute="_compute_kinds_text",
        help="The names of the rules that stop it.",
    )
    can_open = fields.Boolean(
        compute="_compute_can_open",
        help="Whether the present user may read the document itself.",
    )
    obstacles = fields.Text(
        string="Stopped Because",
        readonly=True,
        help="The reasons and figures when it was asked for.",
    )

    _document_idx = models.Index("(document_model, document_id)")

    @api.depends("document_name", "partner_id")
    def _compute_display_name(self):
        for release in self:
            # sudo: the name is told to whoever may read the request.
            name = release.sudo().partner_id.display_name or ""
            release.display_name = f"{release.document_name or ''} {name}".strip()

    @api.depends("kinds")
    @api.depends_context("lang")
    def _compute_kinds_text(self):
        names = {
            "grade": self.env._("Grade C"),
            "overdue": self.env._("Overdue Debts"),
            "group": self.env._("Limit of the Group"),
            "own": self.env._("Own Limit"),
            "terms": self.env._("Payment Terms"),
            "filing": self.env._("No Filed Archive"),
        }
        for release in self:
            kinds = filter(None, (release.kinds or "").split(","))
            release.kinds_text = comma(self.env).join(
                names.get(kind, kind) for kind in kinds
            )

    @api.depends("document_model", "document_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_open(self):
        for release in self:
            release.can_open = False
            if release.document_model in self.env:
                document = self.env[release.document_model].browse(release.document_id)
                # sudo: whether it is there at all.
                release.can_open = bool(
                    document.sudo().exists() and document.has_access("read")
                )

    def _get_interested_users(self):
        """Whoever sold does not let the own order pass."""
        users = super()._get_interested_users()
        if self.document_model not in self.env:
            return users
        # sudo: who sold is asked, nothing of the order is told.
        document_sudo = self.env[self.document_model].sudo().browse(self.document_id)
        order_sudo = self.env["kehu.delivery.gate"]._get_orders(document_sudo.exists())
        return users.union(users, *(order.user_id for order in order_sudo.values()))

    def _say_interested(self):
        return self.env._("You sold this order: somebody else decides.")

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "partner_id",
            "document_model",
            "document_id",
            "document_name",
            "company_id",
            "currency_id",
            "amount",
            "kinds",
            "obstacles",
        }

    @api.model
    def _request_for(self, document, partner, amount, currency, obstacles):
        """Make the draft of a request for a document that is stopped.

        :param document: the stopped order, or delivery without an order
        :param res.partner partner: its customer
        :param float amount: of the document
        :param res.currency currency: of the amount
        :param list obstacles: of ``kehu.credit.gate``
        :rtype: kehu.credit.release
        """
        draft = self.search(
            [
                ("document_model", "=", document._name),
                ("document_id", "=", document.id),
                ("requester_id", "=", self.env.uid),
                ("state", "=", "draft"),
            ],
            limit=1,
        )
        values = {
            "partner_id": partner.commercial_partner_id.id,
            "document_model": document._name,
            "document_id": document.id,
            "document_name": document.name,
            "company_id": document.company_id.id,
            "currency_id": currency.id,
            "amount": amount,
            "kinds": ",".join(sorted(obstacle.kind for obstacle in obstacles)),
            "obstacles": "\n".join(obstacle.text for obstacle in obstacles),
        }
        if draft:
            draft._write_protected(values)
            return draft
        made = self.with_context(kehu_transition=_TRANSITION).create(values)
        return made.with_context(kehu_transition=False)

    @api.model
    def _find_released(self, documents):
        """Say for which reasons, and up to which amount, documents were released.

        :param documents: orders or deliveries
        :return: {document id: [(set of kinds, amount)]}
        """
        # sudo: a release holds for whoever goes on with the document.
        releases_sudo = self.sudo().search(
            [
                ("document_model", "=", documents._name),
                ("document_id", "in", documents.ids),
                ("state", "=", "approved"),
            ]
        )
        found = {}
        for release in releases_sudo:
            found.setdefault(release.document_id, []).append(
                (set((release.kinds or "").split(",")), release.amount)
            )
        return found

    @api.model
    def _covers(self, granted, kinds, amount):
        """Whether one of the releases of a document covers it as it is now."""
        return any(
            kinds <= allowed and float_compare(amount, limit, precision_digits=2) <= 0
            for allowed, limit in granted
        )

    def _get_request_action(self):
        """Open the request, so that the reason can be told."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request Release"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _get_document(self):
        """Return the stopped document.

        :raise UserError: when it was deleted, or is a delivery and Inventory is gone
        """
        self.ensure_one()
        model = self.document_model
        if model in self.env:
            # sudo: whether it is there; its content is for who may read it.
            if self.env[model].sudo().browse(self.document_id).exists():
                return self.env[model].browse(self.document_id)
        raise UserError(
            self.env._("%s is not there any more.", self.document_name or "")
        )

    def action_submit(self):
        """Hand the requests in; for documents that whoever asks may still read.

        :raise AccessError: when it was given to somebody else meanwhile
        """
        for release in self:
            release._get_document().check_access("read")
        return super().action_submit()

    def action_open_document(self):
        """Open the stopped document.

        :raise UserError: when it is not there any more
        """
        self._get_document()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.document_model,
            "res_id": self.document_id,
            "views": [(False, "form")],
        }

    def _post_approve(self):  # pylint: disable=missing-return
        super()._post_approve()
        for release in self.filtered(lambda one: one.document_model in one.env):
            # sudo: who decides on credit need not be able to write on documents.
            document_sudo = (
                self.env[release.document_model].sudo().browse(release.document_id)
            )
            if document_sudo.exists():
                document_sudo._message_log(
                    body=plaintext2html(
                        self.env._(
                            "Released by %(approver)s: %(reason)s\n%(obstacles)s",
                            approver=release.approver_id.name,
                            reason=release.reason,
                            obstacles=release.obstacles,
                        )
                    )
                )
