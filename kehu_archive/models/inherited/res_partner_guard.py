from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache

from ...wording import comma


class ResPartner(models.Model):
    """What nobody writes on the card by hand, and what the card remembers (R16, R39)."""

    _inherit = "res.partner"

    @api.model
    def _kehu_get_protected_fields(self):
        """Fields that only the module itself sets: the link that makes a customer an
        archived one, and what is computed from its documents."""
        return {
            "archive_id",
            "first_order_on",
            "last_order_on",
            "lifecycle",
            "deal_stage",
            "sales_rank",
        }

    @api.model
    def _kehu_get_history_fields(self):
        """Fields of core whose old values an archived customer keeps (R39).

        They are kept in the ledger, and only there: to write each of them into the
        chatter as well would cost as much as saving the customer does.
        """
        return {"name", "street", "street2", "city", "state_id", "zip", "phone"}

    kehu_archive_ids = fields.One2many(
        "kehu.archive",
        "partner_id",
        groups="kehu_archive.group_kehu_rep,kehu_archive.group_kehu_archivist,"
        "kehu_archive.group_kehu_auditor",
        help="The customer's archive, from its other end.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._kehu_check_protected({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        self._kehu_check_protected(vals.keys())
        if "user_id" in vals and not self.env.su:
            self._kehu_check_keeper_change(vals["user_id"])
        self._kehu_tell_archives()
        return super().write(vals)

    def _kehu_tell_archives(self):
        """Tell the cache which archive each partner has, if any.

        What is computed on archives depends on their partner: each write of any
        partner would search for its archive once or twice.
        """
        # sudo: whether there is an archive is no matter of rights here.
        field = self._fields["kehu_archive_ids"]
        cache = field._get_cache(self.env)
        known = {partner.id: partner.archive_id._ids for partner in self._origin.sudo()}
        # Those known otherwise were made past the ORM.
        field._invalidate_cache(
            self.env,
            [
                partner_id
                for partner_id, archive_ids in known.items()
                if cache.get(partner_id, archive_ids) != archive_ids
            ],
        )
        for partner_id, archive_ids in known.items():
            if partner_id not in cache:
                field._update_cache(self.browse(partner_id), archive_ids)

    def _kehu_check_keeper_change(self, user_id):
        """Refuse to take over an archive by way of its customer's salesperson (R52).

        The archive follows the salesperson of its customer, and the cards of customers
        are open to all sales staff: only who may write the archive hands it over.

        :param int user_id: the new salesperson
        :raise AccessError: when an archive of ``self`` is not the user's to hand over
        """
        # sudo: the link is followed to ask for the user's rights on the archive.
        moved = self.filtered(lambda partner: partner.user_id.id != (user_id or False))
        archives = moved.sudo().archive_id.sudo(False)
        if archives - archives._filtered_kept():
            raise AccessError(
                self.env._(
                    "The salesperson of a registered customer is changed by whoever "
                    "keeps its archive, the sales manager or the archive room."
                )
            )

    def _kehu_check_protected(self, names):
        """:raise AccessError: naming the protected fields among ``names``"""
        if self.env.su:
            return
        if forged := self._kehu_get_protected_fields() & set(names):
            raise AccessError(
                self.env._(
                    "Set by the customer archive itself, not by hand: %(fields)s",
                    fields=comma(self.env).join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(forged)
                    ),
                )
            )

    @api.model
    @ormcache("self.env.uid", "self.env.su")
    def _kehu_get_common_track_fields(self):
        """What is followed of partners without an archive: what Odoo follows."""
        return frozenset(
            name
            for name in self._track_get_fields()
            if self._fields[name]._modules[:1] != ("kehu_archive",)
        )

    def _track_prepare(self, fields_iter):  # pylint: disable=missing-return
        # Odoo asks for each computed field anew: whether there is an archive is
        # looked up for the fields only that are followed because of it.
        names = self._track_get_fields().intersection(fields_iter)
        if not names:
            return
        common = names & self._kehu_get_common_track_fields()
        archived = self.browse()
        if len(common) < len(names):
            archived = self.filtered("archive_id")
        if archived:
            super(ResPartner, archived)._track_prepare(names)
        if common and (others := self - archived):
            super(ResPartner, others)._track_prepare(common)

    def _message_track(self, fields_iter, initial_values_dict):
        """Odoo looks up the labels of all fields it follows, changed or not: tell it
        those that did change. Without an archive ours are not followed at all."""
        fields_iter = set(fields_iter)
        if not any(partner.archive_id for partner in self):
            fields_iter &= self._kehu_get_common_track_fields()
        changed = {
            name
            for partner in self
            for name, value in (initial_values_dict.get(partner.id) or {}).items()
            if name in fields_iter and partner[name] != value
        }
        # Odoo closes the tracking when there is something to compare only.
        return super()._message_track(
            changed or set(list(fields_iter)[:1]), initial_values_dict
        )
