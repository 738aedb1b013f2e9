from odoo import models
from odoo.fields import Domain


class KehuEvidence(models.TransientModel):
    """The registers: use, disclosures, copies, loans, leavers, and the chains."""

    _inherit = "kehu.evidence"

    def _get_tables(self):
        return [
            *super()._get_tables(),
            self._get_use(),
            self._get_disclosures(),
            self._get_leavers(),
            self._get_chains(),
        ]

    def _count(self, model, time, groups, domain=Domain.TRUE):
        """Count the rows of a register within the period, in one query.

        :return: rows of ``_read_group``
        """
        return self.env[model]._read_group(
            self._get_period_domain(time) & domain,
            groups,
            ["__count"],
            order=", ".join(groups),
        )

    def _get_use(self):
        """How often the ledger and the other registers say that what was done."""
        mine = self._get_archive_domain("archive_id.")
        rows = []
        for model, time, groups, domain in (
            ("kehu.event", "at", ["action"], mine),
            ("kehu.archive.copy", "printed_at", ["kind", "state"], mine),
            ("kehu.loan", "create_date", ["kind", "state"], mine),
            ("kehu.alert", "raised_at", ["kind", "state"], self._get_whole()),
            ("kehu.blind.question", "asked_at", ["way"], self._get_whole()),
        ):
            rows += [
                [
                    self.env["ir.model"]._get(model).name,
                    *(
                        self._get_label(model, name, value)
                        for name, value in zip(groups, values, strict=True)
                    ),
                    *([""] * (2 - len(groups))),
                    count,
                ]
                for *values, count in self._count(model, time, groups, domain)
            ]
        head = [
            self.env._("Register"),
            self.env._("Kind"),
            self.env._("Status"),
            self.env._("Quantity"),
        ]
        intro = self.env._("Entries of the registers within the period.")
        return self.env._("Records of Use"), intro, head, rows

    def _get_whole(self):
        """Registers that name no archive tell nothing of a single one."""
        return Domain.FALSE if self.archive_id else Domain.TRUE

    def _get_disclosures(self):
        """What was allowed to leave, by number: not what it was, nor to whom."""
        disclosures = self.env["kehu.disclosure"].search(
            self._get_period_domain("date_start")
            & self._get_archive_domain("archive_id."),
            order="id",
        )
        rows = [
            [
                disclosure.name,
                self._get_label("kehu.disclosure", "way", disclosure.way),
                self._get_label("kehu.disclosure", "basis", disclosure.basis),
                self._get_label("kehu.disclosure", "state", disclosure.state),
                disclosure.requester_id.name,
                disclosure.approver_id.name,
                self._say_time(disclosure.date_start),
                self._say_time(disclosure.date_end),
                disclosure.used_count,
            ]
            for disclosure in disclosures
        ]
        fields_ = disclosures._fields
        names = (
            "name",
            "way",
            "basis",
            "state",
            "requester_id",
            "approver_id",
            "date_start",
            "date_end",
            "used_count",
        )
        head = [fields_[name]._description_string(self.env) for name in names]
        intro = self.env._(
            "Nothing marked sensitive leaves without one that is approved."
        )
        return self.env._("Disclosures"), intro, head, rows

    def _get_leavers(self):
        """Who left within the period, and whether everything was given back."""
        leavers = self.env["kehu.leaver"].search(
            Domain("leaves_on", ">=", self.date_from)
            & Domain("leaves_on", "<=", self.date_to)
            & self._get_whole(),
            order="leaves_on, id",
        )
        rows = [
            [
                leaver.user_id.name,
                str(leaver.leaves_on),
                self._get_label("kehu.leaver", "state", leaver.state),
                leaver.cleared_by_id.name,
                self._say_time(leaver.cleared_at),
            ]
            for leaver in leavers
        ]
        head = [
            self.env._("Leaver"),
            self.env._("Last day"),
            self.env._("Status"),
            self.env._("Cleared By"),
            self.env._("Cleared At"),
        ]
        intro = self.env._("Registers of what leavers gave back and handed over.")
        return self.env._("Leavers"), intro, head, rows

    def _get_chains(self):
        """Whether the ledger verifies now, and where its chains end."""
        verdict = self.env["kehu.event.check"].sudo()._check()
        findings = verdict.finding_ids
        rows = [
            [self.env._("Verified At"), self._say_time(verdict.made_at)],
            [
                self.env._("Result"),
                self._get_label("kehu.event.check", "result", verdict.result),
            ],
            [self.env._("Events"), verdict.event_count],
            [self.env._("Chains"), verdict.chain_count],
            [self.env._("Broken"), verdict.broken_count],
            [
                self.env._("Seals Checked"),
                self.env._("Yes") if verdict.sealed else self.env._("No"),
            ],
        ]
        if self.archive_id:
            head = self.env["kehu.event.head"].search(
                [("archive_id", "=", self.archive_id.id)]
            )
            mine = findings.filtered(lambda f: f.archive_id.id == self.archive_id.id)
            rows += [
                [self.env._("Events of the Archive"), head.count],
                [self.env._("Head Digest of the Archive"), head.digest or ""],
                [self.env._("Broken Links of the Archive"), len(mine)],
            ]
        anchor = self.env["kehu.event.anchor"].search([], limit=1)
        if anchor:
            rows.append(
                [
                    self.env._("Daily Digest of %(day)s", day=anchor.day),
                    anchor.digest or "",
                ]
            )
        intro = self.env._(
            "Each event carries the digest of the one before; the pack of the ledger "
            "proves it without Odoo."
        )
        return (
            self.env._("Ledger"),
            intro,
            [self.env._("Matter"), self.env._("Content")],
            rows,
        )
