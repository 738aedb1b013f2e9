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
        self._kehu_tell_unarchived()
        return super().write(vals)

    def _kehu_tell_unarchived(self):
        """Tell the cache that partners without an archive have none.

        What is computed on archives depends on their partner: each write of any
        partner would search for its archive once or twice.
        """
        # sudo: whether there is an archive is no matter of rights here.
        field = self._fields["kehu_archive_ids"]
        cache = field._get_cache(self.env)
        unknown, outdated = [], []
        for partner in self._origin.sudo():
            known = cache.get(partner.id)
            if known is None and not partner.archive_id:
                unknown.append(partner.id)
            elif known == () and partner.archive_id:
                # It was made past the ORM.
                outdated.append(partner.id)
        if unknown:
            field._update_cache(self.browse(unknown), ())
        if outdated:
            field._invalidate_cache(self.env, outdated)

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
        archived = self.filtered("archive_id")
        super(ResPartner, archived)._track_prepare(fields_iter)
        if others := self - archived:
            common = self._kehu_get_common_track_fields()
            super(ResPartner, others)._track_prepare(common.intersection(fields_iter))

    def _message_track(self, fields_iter, initial_values_dict):
        if not any(self.mapped("archive_id")):
            # Only what was remembered before the write is compared.
            fields_iter = self._kehu_get_common_track_fields().intersection(fields_iter)
        return super()._message_track(fields_iter, initial_values_dict)
