from odoo import api, models
from odoo.exceptions import AccessError, UserError

_ADDRESS = "/kehu/scan/"


class KehuScan(models.AbstractModel):
    """What the scanning screen asks: everything as the user who scans.

    A scanner types what is on a label: the address in its QR code. A number typed by
    hand does as well: of an archive, a customer, a cabinet or a place.
    """

    _name = "kehu.scan"
    _description = "Scanning of Labels"

    # === WHAT THE SCREEN CALLS === #

    @api.model
    def look(self, code):
        """Say what was scanned and what the user may do with it.

        :param str code: what the scanner typed
        :return: the card that the screen shows
        :rtype: dict
        :raise UserError: when there is nothing of that kind, or it is closed; both
            sound the same
        """
        record = self._find(code)
        if not record:
            raise self._make_refusal(code)
        return self._prepare_card(record)

    @api.model
    def look_at(self, model, res_id):
        """Say anew what a card shows, after something was done.

        :param str model: archive, cabinet or place
        :param int res_id: which one
        :rtype: dict
        """
        record = self._get_open_record(model, res_id)
        if not record:
            raise self._make_refusal(res_id)
        return self._prepare_card(record)

    @api.model
    def lend(self, archive_id):
        """Return the hand-over dialog of the request that is next for this file.

        :rtype: dict
        :raise UserError: when nobody's request is approved
        """
        archive = self._get_archive(archive_id)
        loan = self._get_next_loan(archive)
        if not loan:
            raise UserError(
                self.env._(
                    "No approved request for the original of %(archive)s is waiting.",
                    archive=archive.display_name,
                )
            )
        return loan._get_step_action("lend")

    @api.model
    def take_back(self, archive_id):
        """Return the dialog that takes the file back.

        :rtype: dict
        :raise UserError: when it is not out
        """
        archive = self._get_archive(archive_id)
        loan = self._get_lent_loan(archive)
        if not loan:
            raise UserError(
                self.env._("%(archive)s is not lent.", archive=archive.display_name)
            )
        return loan._get_step_action("return")

    @api.model
    def relocate(self, archive_id, code):
        """Put a file where the label was scanned.

        :param str code: label of a cabinet or place
        :return: the file's new card
        :rtype: dict
        :raise UserError: when it is no place, or the company's rules refuse it
        """
        archive = self._get_archive(archive_id)
        archive._check_may_place()
        target = self._find(code)
        if not target or target._name == "kehu.archive":
            raise UserError(
                self.env._("“%(code)s” is no cabinet and no place.", code=code)
            )
        is_place = target._name == "kehu.place"
        cabinet = target.cabinet_id if is_place else target
        warnings = archive._get_place_warnings(
            cabinet, target if is_place else self.env["kehu.place"], 1
        )
        archive._put_at(cabinet, target if is_place else None)
        return {**self._prepare_card(archive), "warnings": warnings}

    @api.model
    def choose_place(self, archive_id):
        """Return the dialog that moves a file without a label to scan."""
        return self._get_archive(archive_id)._get_move_action()

    @api.model
    def open_record(self, model, res_id):
        """Return the action that opens what was scanned.

        :rtype: dict
        """
        record = self._get_open_record(model, res_id)
        if not record:
            raise self._make_refusal(res_id)
        actions = self.env["ir.actions.act_window"]
        if model == "kehu.cabinet":
            return record.action_view_archives()
        if model == "kehu.place":
            action = actions._for_xml_id("kehu_archive.kehu_archive_action_cabinet")
            action["domain"] = [("place_id", "child_of", record.id)]
            return action
        action = actions._for_xml_id("kehu_archive.kehu_archive_action")
        action.update(view_mode="form", views=[(False, "form")], res_id=record.id)
        return action

    @api.model
    def inspect(self, cabinet_id):
        """Return the action that inspects a cabinet."""
        cabinet = self.env["kehu.cabinet"].browse(cabinet_id).exists()
        if not cabinet:
            raise self._make_refusal(cabinet_id)
        return cabinet.action_inspect()

    @api.model
    def get_count(self, model, res_id):
        """Return the running stock-take of the cabinet that a file lies in.

        :rtype: dict
        :raise UserError: when nobody counts it at the moment
        """
        record = self._get_open_record(model, res_id)
        if not record:
            raise self._make_refusal(res_id)
        cabinet = record if model == "kehu.cabinet" else record.cabinet_id
        running = self.env["kehu.stocktake"]._get_running(cabinet)[:1]
        if not running:
            raise UserError(self.env._("It is not being counted at the moment."))
        return running.describe()

    # === FINDING === #

    @api.model
    def _find(self, code):
        """Return what a code or a typed number means, if the user may open it.

        :param str code: address, token, or number
        :return: an archive, cabinet or place, or None
        """
        text = str(code or "").strip()
        if not text:
            return None
        if _ADDRESS in text:
            text = text.rpartition(_ADDRESS)[2].partition("?")[0].strip("/")
        record = self.env["kehu.scan.code"]._resolve(text)
        if record:
            return self._get_open_record(record._name, record.id)
        return self._find_by_number(text)

    @api.model
    def _find_by_number(self, text):
        for model, domain in (
            ("kehu.archive", ["|", ("name", "=", text), ("partner_id.ref", "=", text)]),
            ("kehu.cabinet", [("code", "=", text)]),
            ("kehu.place", [("path", "=", text)]),
        ):
            found = self.env[model].search(domain, limit=2)
            if len(found) == 1:
                return found
            if found:
                raise UserError(
                    self.env._("“%(code)s” means several things.", code=text)
                )
        return None

    @api.model
    def _get_open_record(self, model, res_id):
        """Return a record that the user may open, None otherwise.

        A refusal is noted in the ledger as any other one.
        """
        if model not in ("kehu.archive", "kehu.cabinet", "kehu.place"):
            return None
        record = self.env[model].browse(int(res_id)).exists()
        if not record:
            return None
        try:
            record.check_access("read")
            if model == "kehu.archive":
                # What is open by a grant is for reading, not for the counter.
                record._check_own()
        except AccessError:
            return None
        return record

    @api.model
    def _get_archive(self, archive_id):
        archive = self._get_open_record("kehu.archive", archive_id)
        if not archive:
            raise self._make_refusal(archive_id)
        return archive

    @api.model
    def _make_refusal(self, code):
        return UserError(
            self.env._("“%(code)s”: nothing here that is open to you.", code=code)
        )
