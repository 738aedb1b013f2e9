from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime


class KehuStocktake(models.Model):
    """The count itself: each file is scanned, or ticked in the list (R99)."""

    _inherit = "kehu.stocktake"

    # === WHAT THE SCREEN CALLS === #

    def describe(self):
        """Say how far the count is, for the scanning screen.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        self._check_in_states({"counting"})
        return {
            "id": self.id,
            "name": self.name,
            "cabinets": ", ".join(self.count_ids.cabinet_id.mapped("code")),
            "expected": self.expected_count,
            "open": self.open_count,
            "differences": self.misplaced_count + self.unexpected_count,
        }

    def count_code(self, code, cabinet_id=False, place_id=False):
        """Count what was scanned.

        A cabinet or place says where the files that follow lie; a file is counted.

        :param str code: what the scanner typed
        :param int cabinet_id: the cabinet that was scanned last
        :param int place_id: the place that was scanned last
        :return: kind (place or file), text, outcome, here, count
        :rtype: dict
        :raise UserError: when it is nothing of the archive room
        """
        self.ensure_one()
        self._check_counting()
        record = self.env["kehu.scan"]._find(code)
        if not record:
            raise self.env["kehu.scan"]._make_refusal(code)
        if record._name != "kehu.archive":
            return self._prepare_here(record)
        cabinet = self.env["kehu.cabinet"].browse(cabinet_id or [])
        place = self.env["kehu.place"].browse(place_id or [])
        return self._count_file(record, cabinet, place)

    def count_archive(self, archive_id):
        """Count a file where the register says it lies; a button of the screen."""
        self.ensure_one()
        self._check_counting()
        archive = self.env["kehu.scan"]._get_archive(archive_id)
        return self._count_file(
            archive, self.env["kehu.cabinet"], self.env["kehu.place"]
        )

    # === BUSINESS METHODS === #

    def _check_counting(self):
        self._check_is_archivist()
        self._check_in_states({"counting"})

    def _prepare_here(self, record):
        """The answer to a scanned cabinet or place: what is scanned next lies there."""
        is_place = record._name == "kehu.place"
        cabinet = record.cabinet_id if is_place else record
        if cabinet not in self.count_ids.cabinet_id:
            raise UserError(
                self.env._(
                    "%(cabinet)s is not in this stock-take.",
                    cabinet=cabinet.display_name,
                )
            )
        return {
            "kind": "place",
            "text": record.display_name,
            "here": {
                "cabinet_id": cabinet.id,
                "place_id": record.id if is_place else False,
                "text": record.display_name,
            },
            "count": self.describe(),
        }

    def _count_file(self, archive, cabinet, place):
        """Count one file and say what came of it."""
        # sudo: the register of a count is written by its steps only.
        line_sudo = (
            self.env["kehu.stocktake.line"]
            .sudo()
            .search(
                [("stocktake_id", "=", self.id), ("archive_id", "=", archive.id)],
                limit=1,
            )
        )
        if line_sudo.counted_at:
            text = self.env._(
                "%(archive)s was counted already, by %(user)s on %(time)s.",
                archive=archive.display_name,
                user=line_sudo.counted_by_id.name,
                time=format_datetime(self.env, line_sudo.counted_at),
            )
            return self._prepare_answer(archive, "again", text)
        if line_sudo:
            outcome = line_sudo._count_seen(cabinet, place)
        else:
            if not cabinet and archive.cabinet_id not in self.count_ids.cabinet_id:
                raise UserError(
                    self.env._(
                        "%(archive)s is not expected here. Scan the cabinet or place "
                        "where it lies first.",
                        archive=archive.display_name,
                    )
                )
            line_sudo = line_sudo.create(self._prepare_line_vals(archive))
            outcome = line_sudo._count_seen(cabinet, place)
            # Of two people who scan the same file at once, one counts it.
            line_sudo.flush_recordset()
        texts = {
            "found": self.env._("%(archive)s: found.", archive=archive.display_name),
            "misplaced": self.env._(
                "%(archive)s belongs elsewhere: %(place)s.",
                archive=archive.display_name,
                place=line_sudo.expected_path,
            ),
            "unexpected": self.env._(
                "%(archive)s is not expected here: by the register it is %(where)s.",
                archive=archive.display_name,
                where=self._get_registered_place(line_sudo),
            ),
        }
        return self._prepare_answer(archive, outcome, texts[outcome])

    def _get_registered_place(self, line_sudo):
        if line_sudo.loan_id:
            return self.env._(
                "lent to %(name)s", name=line_sudo.loan_id.borrower_id.name
            )
        return line_sudo.expected_path or self.env._("in no cabinet")

    def _prepare_line_vals(self, archive):
        """What is noted of a file that nobody expected."""
        loan = self.env["kehu.scan"]._get_lent_loan(archive)
        return {
            "stocktake_id": self.id,
            "company_id": self.company_id.id,
            "archive_id": archive.id,
            "archive_number": archive.name,
            "expected_cabinet_id": archive.cabinet_id.id,
            "expected_place_id": archive.place_id.id,
            "expected_slot": archive.slot,
            "loan_id": loan.id,
            "was_expected": False,
        }

    def _prepare_answer(self, archive, outcome, text):
        return {
            "kind": "file",
            "outcome": outcome,
            "text": text,
            "card": self.env["kehu.scan"]._prepare_card(archive),
            "count": self.describe(),
        }


class KehuStocktakeLine(models.Model):
    """Ticking in the list, and taking a tick back."""

    _inherit = "kehu.stocktake.line"

    # === ACTIONS === #

    def action_found(self):
        """Tick files that lie where the register says.

        :raise UserError: naming those that were counted already
        """
        self._check_counting()
        if counted := self.filtered("counted_at"):
            raise UserError(
                self.env._(
                    "Was counted already: %(files)s",
                    files=", ".join(counted.mapped("display_name")),
                )
            )
        # sudo: the register of a count is written by its steps only.
        lines_sudo = self.sudo()
        seen = {"counted_by_id": self.env.uid, "counted_at": fields.Datetime.now()}
        out = lines_sudo.filtered("loan_id")
        (lines_sudo - out).write({**seen, "outcome": "found"})
        for cabinet, lines in out.grouped("expected_cabinet_id").items():
            # It lies there although it is lent by the register.
            lines.write(
                {**seen, "outcome": "unexpected", "found_cabinet_id": cabinet.id}
            )

    def action_uncount(self):
        """Take back what was counted by mistake."""
        self._check_counting()
        # sudo: the register of a count is written by its steps only.
        counted_sudo = self.sudo().filtered("counted_at")
        turned_up = counted_sudo.filtered(lambda line: not line.was_expected)
        rest = counted_sudo - turned_up
        turned_up.unlink()
        blank = {
            "counted_by_id": False,
            "counted_at": False,
            "found_cabinet_id": False,
            "found_place_id": False,
        }
        out = rest.filtered("loan_id")
        out.write({**blank, "outcome": "lent"})
        (rest - out).write({**blank, "outcome": "open"})

    # === BUSINESS METHODS === #

    def _check_counting(self):
        """:raise UserError: when one of the counts is over"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(self.env._("Only the archive room does this."))
        self.stocktake_id._check_in_states({"counting"})

    @api.model
    def _get_outcome(self, line, cabinet, place):
        """Say what it means that the file of a line lies somewhere.

        :param cabinet: where it was seen; empty: where the register says
        :param place: more exactly; empty: somewhere in that cabinet
        """
        elsewhere = (cabinet and cabinet != line.expected_cabinet_id) or (
            place and not self._is_within(line.expected_place_id, place)
        )
        if line.loan_id or (elsewhere and not line.was_expected):
            return "unexpected"
        return "misplaced" if elsewhere else "found"

    @api.model
    def _is_within(self, expected, place):
        """Whether a file expected in a slot was seen there, or in the slot's layer."""
        return place in (expected, expected.parent_id)

    def _count_seen(self, cabinet, place):
        """Write down that the file of this line, in sudo, was seen.

        :return: the outcome
        :rtype: str
        """
        self.ensure_one()
        outcome = self._get_outcome(self, cabinet, place)
        elsewhere = outcome != "found"
        self.write(
            {
                "outcome": outcome,
                "found_cabinet_id": elsewhere
                and (cabinet or self.expected_cabinet_id).id,
                "found_place_id": elsewhere and place.id,
                "counted_by_id": self.env.uid,
                "counted_at": fields.Datetime.now(),
            }
        )
        return outcome
