from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class KehuArchive(models.Model):
    """Why an archive may not be destroyed now: every reason, with its record (R20).

    One function feeds the screen, each step, and the last look under lock. Each
    finder asks the database once for the whole set; add-ons add theirs to
    :meth:`_get_blocker_finders`.
    """

    _inherit = "kehu.archive"

    @api.model
    def _get_blocker_finders(self):
        """Names of methods that each find one kind of blocker.

        A finder yields ``(archive, code, record, sentence, who can clear it)``.
        """
        return [
            "_find_state_blockers",
            "_find_retention_blockers",
            "_find_hold_blockers",
            "_find_loan_blockers",
            "_find_dispute_blockers",
            "_find_money_blockers",
            "_find_order_blockers",
            "_find_opportunity_blockers",
            "_find_missing_file_blockers",
        ]

    def _get_destruction_blockers(self, applications=None):
        """Return everything that stands against destroying these archives now.

        :param applications: destruction lists that the question is asked for
        :return: {archive id: [{``code``, ``archive_id``, ``model``, ``res_id``,
            ``record``, ``message``, ``clears``}]}; archives without any are left out
        :rtype: dict[int, list[dict]]
        """
        found = {}
        # sudo: what stands against it does not depend on what the asker may read; the
        # sentences name records, not what they say.
        archives_sudo = self.sudo().with_context(active_test=False)
        for name in self._get_blocker_finders():
            finder = getattr(archives_sudo, name)
            for archive, code, record, message, clears in finder():
                found.setdefault(archive.id, []).append(
                    {
                        "code": code,
                        "archive_id": archive.id,
                        "model": record._name,
                        "res_id": record.id,
                        "record": record.display_name,
                        "message": f"{archive.name or archive.display_name}: {message}",
                        "clears": clears,
                    }
                )
        return found

    # === WHO CLEARS IT === #

    @api.model
    def _get_clearer(self, who):
        return {
            "room": self.env._("the archive room"),
            "manager": self.env._("a sales manager"),
            "owner": self.env._("the customer's owner"),
            "finance": self.env._("the finance department"),
        }[who]

    # === THE ARCHIVE ITSELF === #

    def _find_state_blockers(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for archive in self.filtered(lambda archive: archive.state != "closed"):
            yield (
                archive,
                "state",
                archive,
                self.env._(
                    "is %(state)s; only a closed archive is destroyed.",
                    state=labels[archive.state],
                ),
                self._get_clearer("room"),
            )

    def _find_retention_blockers(self):
        for archive in self:
            company = archive.company_id or self.env.company
            if not archive.retention_until:
                yield (
                    archive,
                    "no_retention",
                    archive,
                    self.env._("has no retention date."),
                    self._get_clearer("room"),
                )
            elif archive.retention_until > company._kehu_today():
                yield (
                    archive,
                    "retention",
                    archive,
                    self.env._(
                        "has to be kept until %(date)s.",
                        date=format_date(self.env, archive.retention_until),
                    ),
                    self._get_clearer("manager"),
                )

    def _find_hold_blockers(self):
        for archive in self.filtered("legal_hold"):
            yield (
                archive,
                "hold",
                archive,
                self.env._("is kept for a dispute or an investigation (legal hold)."),
                self._get_clearer("room"),
            )

    def _find_missing_file_blockers(self):
        cases = self.env["kehu.missing.case"].search(
            Domain("archive_id", "in", self.ids) & Domain("state", "=", "open")
        )
        for case in cases:
            yield (
                case.archive_id,
                "missing",
                case,
                self.env._("its paper file is reported missing."),
                self._get_clearer("room"),
            )

    # === CONSULTING AND BORROWING === #

    def _find_loan_blockers(self):
        out = Domain("state", "=", "lent")
        running = (
            Domain("state", "=", "approved")
            & Domain("grants_access", "=", True)
            & Domain("date_end", ">", "now")
        )
        loans = self.env["kehu.loan"].search(
            Domain("archive_id", "in", self.ids) & (out | running)
        )
        for loan in loans:
            sentence = (
                self.env._(
                    "is lent to %(user)s (%(loan)s).",
                    user=loan.borrower_id.name,
                    loan=loan.name,
                )
                if loan.state == "lent"
                else self.env._(
                    "is open to %(user)s until %(date)s (%(loan)s).",
                    user=loan.borrower_id.name,
                    date=format_date(self.env, loan.date_end.date()),
                    loan=loan.name,
                )
            )
            yield loan.archive_id, "loan", loan, sentence, self._get_clearer("room")

    # === THE CUSTOMER'S BUSINESS === #

    def _get_by_customer(self):
        """The archives by the commercial entity that they are of.

        :rtype: dict
        """
        return {archive.partner_id.commercial_partner_id: archive for archive in self}

    def _find_dispute_blockers(self):
        complaints = self.env["kehu.service.record"].search(
            Domain("archive_id", "in", self.ids)
            & Domain("kind", "=", "complaint")
            & Domain("state", "=", "open")
        )
        for record in complaints:
            yield (
                record.archive_id,
                "dispute",
                record,
                self.env._("a complaint of %(date)s is open.", date=record.date),
                self._get_clearer("owner"),
            )

    def _find_money_blockers(self):
        by_customer = self._get_by_customer()
        customers = Domain(
            "commercial_partner_id", "in", [partner.id for partner in by_customer]
        )
        drafts = self.env["account.move"].search(
            customers
            & Domain("state", "=", "draft")
            & Domain("move_type", "!=", "entry")
        )
        for move in drafts:
            yield (
                by_customer[move.commercial_partner_id],
                "draft_invoice",
                move,
                self.env._("an invoice is not posted yet (%(id)s).", id=move.id),
                self._get_clearer("finance"),
            )
        lines = self.env["account.move.line"].search(
            Domain(
                "partner_id.commercial_partner_id",
                "in",
                [partner.id for partner in by_customer],
            )
            & Domain("parent_state", "=", "posted")
            & Domain("account_type", "in", ("asset_receivable", "liability_payable"))
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", "!=", 0)
        )
        for move, owed in lines.grouped("move_id").items():
            yield (
                by_customer[owed[:1].partner_id.commercial_partner_id],
                "receivable",
                move,
                self.env._(
                    "%(amount)s of %(move)s is not settled.",
                    amount=owed[:1].company_currency_id.format(
                        sum(owed.mapped("amount_residual"))
                    ),
                    move=move.name,
                ),
                self._get_clearer("finance"),
            )

    def _find_order_blockers(self):
        by_customer = self._get_by_customer()
        orders = self.env["sale.order"].search(
            Domain(
                "partner_id.commercial_partner_id",
                "in",
                [partner.id for partner in by_customer],
            )
            & (
                Domain("state", "in", ("draft", "sent"))
                | (
                    Domain("state", "=", "sale")
                    & Domain("invoice_status", "in", ("no", "to invoice"))
                    & Domain("amount_total", "!=", 0)
                )
            )
        )
        for order in orders:
            yield (
                by_customer[order.partner_id.commercial_partner_id],
                "order",
                order,
                self.env._("the order %(order)s is open.", order=order.name),
                self._get_clearer("owner"),
            )

    def _find_opportunity_blockers(self):
        by_customer = self._get_by_customer()
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=True)
            .search(
                Domain(
                    "partner_id.commercial_partner_id",
                    "in",
                    [partner.id for partner in by_customer],
                )
                & Domain("won_status", "=", "pending")
            )
        )
        for lead in leads:
            yield (
                by_customer[lead.partner_id.commercial_partner_id],
                "opportunity",
                lead,
                self.env._("an opportunity is open (%(id)s).", id=lead.id),
                self._get_clearer("owner"),
            )

    # === WHAT LIES IN IT === #

    def _get_destruction_content(self):
        """Count what lies in the archive and take a digest over all of it (R23).

        :return: ``items``, ``pages``, ``paper``, ``year_from``, ``year_to``,
            ``kept_years`` and ``digest``
        :rtype: dict
        """
        self.ensure_one()
        items = self.item_ids
        years = [item.date.year for item in items if item.date]
        filed = (self.filed_at or self.registered_at).date()
        today = fields.Date.context_today(self)
        return {
            "items": len(items),
            "pages": sum(items.mapped("pages")),
            "paper": len(items.filtered(lambda item: item.medium != "electronic")),
            "year_from": min([*years, filed.year]),
            "year_to": max([*years, (self.closed_on or today).year]),
            "kept_years": round((today - filed).days / 365.25, 1),
            "digest": self._get_destruction_digest(),
        }
