from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all

from ...registration.values import Value, ValueState
from ...wording import comma
from ..circulation.sections import TRAIT_FACTS

_WITHHELD = Value(ValueState.WITHHELD)
_TRAITS = "traits"
# What an item marked sensitive says.
_ITEM_CONTENT = frozenset({"said", "note", "attachment_ids"})
_FILE_CONTENT = frozenset({"datas", "raw", "index_content", "db_datas", "url"})


class KehuArchiveItem(models.Model):
    """Items that leave on a running disclosure only (R14, R51)."""

    _inherit = "kehu.archive.item"

    sensitive = fields.Boolean(
        help="Does not leave by mail, print, export or link unless a disclosure of it "
        "is running."
    )

    @api.model
    def _find_sensitive(self, checksums):
        """Return the sensitive items that hold files of these contents, in sudo.

        A file is known by what it holds: a copy of it is as sensitive as itself.

        :param checksums: checksums of attachments
        :rtype: kehu.archive.item
        """
        # sudo: a gate asks, whoever stands before it.
        items_sudo = self.sudo().with_context(active_test=False)
        checksums = list(filter(None, checksums))
        if not checksums:
            return items_sudo.browse()
        return items_sudo.search(
            [("sensitive", "=", True), ("attachment_ids.checksum", "in", checksums)]
        )

    def _get_sensitive_content(self, paths):
        """Return the items of ``self`` whose content the paths of an export reach."""
        if {path.partition("/")[0] for path in paths} & _ITEM_CONTENT:
            return self.sudo().filtered("sensitive")
        return self.sudo().browse()

    def export_data(self, fields_to_export):
        self.check_access("read")
        if not self.env.su:
            self._get_sensitive_content(fields_to_export)._check_disclosed()
        return super().export_data(fields_to_export)

    def _check_disclosed(self, ways=("file",)):
        """Refuse sensitive items of which no disclosure is running; note the use.

        :raise UserError: naming the items
        """
        disclosures = self.env["kehu.disclosure"]
        if not self or not disclosures._is_needed():
            return
        running = disclosures._find_running(self.archive_id, ways)
        if closed := self - running.item_ids:
            raise disclosures._make_refusal(
                closed.archive_id, comma(self.env).join(closed.mapped("title"))
            )
        running.filtered(lambda disclosure: disclosure.item_ids & self)._note_use()


class KehuArchive(models.Model):
    """The sensitive layer on forms and in exports."""

    _inherit = "kehu.archive"

    def _withhold_undisclosed(self, forms):
        """Print 未授权 for personal traits, unless their disclosure is running.

        :param list forms: one form per archive, in order
        """
        disclosures = self.env["kehu.disclosure"]
        if not disclosures._is_needed():
            return
        running = disclosures._find_running(self, ("paper", "file")).filtered(
            lambda disclosure: _TRAITS in disclosure.section_ids.mapped("code")
        )
        used = disclosures.sudo().browse()
        for archive, form in zip(self, forms, strict=True):
            cells = [
                (row, key)
                for rows in form.rows.values()
                for row in rows
                for key, value in row.items()
                if key.rpartition(".")[2] in TRAIT_FACTS
                and value.state == ValueState.FILLED
                and key.rpartition(".")[2] not in ("consent", "consent_summary")
            ]
            if not cells:
                continue
            open_ones = running.filtered(
                lambda disclosure, archive=archive: disclosure.archive_id.id
                == archive.id
            )
            used |= open_ones[:1]
            if not open_ones:
                for row, key in cells:
                    row[key] = _WITHHELD
        used._note_use()

    def _check_traits_disclosed(self, names):
        """Refuse an export of personal traits without a running disclosure.

        :param names: trait fields that are exported
        :raise UserError: naming the archives
        """
        disclosures = self.env["kehu.disclosure"]
        if not names or not self or self.env.su or not disclosures._is_needed():
            return
        running = disclosures._find_running(self, ("file",)).filtered(
            lambda disclosure: _TRAITS in disclosure.section_ids.mapped("code")
        )
        if closed := self.sudo() - running.archive_id:
            principal = self.env["kehu.principal"]
            labels = [principal._fields[n]._description_string(self.env) for n in names]
            raise disclosures._make_refusal(closed, comma(self.env).join(labels))
        running._note_use()

    def _take_out_list(self, lines, fields_to_export):
        if not self.env.su:
            names = self.env["base"]._get_kehu_traits_of(lines, fields_to_export)
            self._check_traits_disclosed(names)
        return super()._take_out_list(lines, fields_to_export)


class Base(models.AbstractModel):
    """An export that reaches into archives from outside is an export of archives."""

    _inherit = "base"

    def export_data(self, fields_to_export):
        if not self.env.su and not self._name.startswith("kehu."):
            archives, items = self._get_kehu_exported(fields_to_export)
            if archives:
                archives._take_out_list(self, fields_to_export)
            items._check_disclosed()
        return super().export_data(fields_to_export)

    def _get_kehu_exported(self, paths):
        """Return the archives of which an export tells more than their name, and the
        sensitive items whose content it reaches.

        :param list paths: columns, such as ``archive_id/main_business``
        """
        archives = self.env["kehu.archive"]
        items = self.env["kehu.archive.item"].sudo().browse()
        for path in paths:
            steps = path.split("/")
            model, before = self, []
            while len(steps) > 1 and steps[0] in model._fields:
                step = steps.pop(0)
                if not (comodel := model._fields[step].comodel_name):
                    break
                before.append(step)
                model = self.env[comodel]
                if not comodel.startswith("kehu.") or steps[0] in (
                    "id",
                    ".id",
                    "name",
                    "display_name",
                ):
                    continue
                reached = self.mapped(".".join(before))
                if comodel == "kehu.archive":
                    archives |= reached
                elif "archive_id" in reached._fields:
                    # sudo: the lines are read with the user's rights by the export.
                    archives |= reached.sudo().archive_id.sudo(False)
                if comodel == "kehu.archive.item":
                    items |= reached._get_sensitive_content(["/".join(steps)])
        return archives, items

    @api.model
    def _get_kehu_traits_of(self, lines, paths):
        """Return the names of personal traits that the columns of an export tell.

        :param lines: what is exported
        :param list paths: its columns
        """
        return sorted(
            {
                name
                for path in paths
                if (name := path.rpartition("/")[2])
                in self.env["kehu.principal"]._get_trait_fields()
                and (lines._name == "kehu.principal" or "principal_ids/" in path)
            }
        )


class IrAttachment(models.Model):
    """Files of sensitive items, and whatever holds the same: no link, no export."""

    _inherit = "ir.attachment"

    def export_data(self, fields_to_export):
        if not self.env.su and _FILE_CONTENT & set(fields_to_export):
            self.check_access("read")
            self.env["kehu.archive.item"]._find_sensitive(
                self.sudo().mapped("checksum")
            )._check_disclosed()
        return super().export_data(fields_to_export)

    def _get_kehu_sensitive(self):
        """Return those of ``self`` that hold what a sensitive item holds, in sudo."""
        files_sudo = self.sudo()
        if not self.env["kehu.disclosure"]._is_needed():
            return files_sudo.browse()
        items = self.env["kehu.archive.item"]._find_sensitive(
            files_sudo.mapped("checksum")
        )
        known = set(items.attachment_ids.mapped("checksum"))
        return files_sudo.filtered(lambda file: file.checksum in known)

    def generate_access_token(self):
        """A copy of a sensitive file gets no link either."""
        closed = set(self._get_kehu_sensitive().ids)
        others = self.browse(id_ for id_ in self.ids if id_ not in closed)
        tokens = dict(
            zip(
                others.ids,
                super(IrAttachment, others).generate_access_token(),
                strict=False,
            )
        )
        return [tokens.get(file.id, False) for file in self]

    def _close_archive_files(self):  # pylint: disable=missing-return
        super()._close_archive_files()
        shared = self.sudo().filtered(lambda file: file.public or file.access_token)
        if shared and (sensitive := shared._get_kehu_sensitive()):
            sensitive.write({"public": False, "access_token": False})


class MailMail(models.Model):
    """Sensitive files are mailed outside on a running disclosure only (R14, R51)."""

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        for mail in mails:
            mail._check_sensitive_files()
        return mails

    def _get_outside_addresses(self):
        """Return the normalised addresses of this mail outside the company.

        :rtype: set[str]
        """
        self.ensure_one()
        mail_sudo = self.sudo()
        outside = mail_sudo.recipient_ids.filtered(
            lambda partner: not any(not user.share for user in partner.user_ids)
        )
        addresses = {email_normalize(partner.email) for partner in outside}
        typed = set(email_normalize_all(mail_sudo.email_to or ""))
        typed |= set(email_normalize_all(mail_sudo.email_cc or ""))
        if typed:
            inside = (
                self.env["res.users"]
                .sudo()
                .search(
                    Domain("share", "=", False)
                    & Domain("email_normalized", "in", typed)
                )
            )
            typed -= set(inside.mapped("email_normalized"))
        return {address for address in addresses | typed if address}

    def _check_sensitive_files(self):
        """:raise UserError: when a sensitive file would go outside undisclosed"""
        self.ensure_one()
        sensitive = self.sudo().attachment_ids._get_kehu_sensitive()
        if not sensitive or not (addresses := self._get_outside_addresses()):
            return
        items = self.env["kehu.archive.item"]._find_sensitive(
            sensitive.mapped("checksum")
        )
        disclosures = self.env["kehu.disclosure"]
        running = disclosures._find_running(items.archive_id, ("mail",))
        for address in addresses:
            told = running.filtered(
                lambda disclosure, address=address: email_normalize(
                    disclosure.recipient_email
                )
                == address
            )
            if closed := items - told.item_ids:
                raise disclosures._make_refusal(
                    closed.archive_id, comma(self.env).join(closed.mapped("title"))
                )
            told.filtered(lambda disclosure: disclosure.item_ids & items)._note_use()

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Colleagues read a sensitive file in Odoo: it is not mailed to them."""
        outgoing = super()._prepare_outgoing_list(*args, **kwargs)
        sensitive = self.sudo().attachment_ids._get_kehu_sensitive()
        if sensitive and not self._get_outside_addresses():
            names = set(sensitive.mapped("name"))
            for values in outgoing:
                values["attachments"] = [
                    file for file in values["attachments"] if file[0] not in names
                ]
        return outgoing
