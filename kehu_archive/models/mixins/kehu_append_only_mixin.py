from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Whoever appends holds this very object: a remote call can send any text in its
# context, but never this.
_APPENDING = object()


class KehuAppendOnlyMixin(models.AbstractModel):
    """Rows that are added once and never changed or removed, by anybody (R16).

    The ORM refuses for every user, the superuser included, and a trigger refuses in
    the database whatever comes past the ORM. Only :meth:`_append` adds rows.
    """

    _name = "kehu.append.only.mixin"
    _description = "Append-only Rows"
    _log_access = False

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("kehu_appending") is not _APPENDING:
            raise AccessError(
                self.env._(
                    "%(register)s: rows are added by the system only.",
                    register=self._description_label(),
                )
            )
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise self._make_refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise self._make_refusal()

    @api.model
    def _append(self, vals_list):
        """Add rows.

        :param list[dict] vals_list: their values
        :return: the new records
        """
        # sudo: nobody has rights to add; the caller decides what is registered.
        appending = self.sudo().with_context(kehu_appending=_APPENDING)
        return appending.create(vals_list).with_env(self.env)

    @api.model
    def _make_refusal(self):
        return AccessError(
            self.env._(
                "%(register)s: what is registered is never changed nor removed.",
                register=self._description_label(),
            )
        )

    @api.model
    def _description_label(self):
        return self.env["ir.model"]._get(self._name).name or self._description

    def init(self):
        """Let the database refuse, too: also for whoever gets past the ORM."""
        super().init()
        if self._abstract:
            return
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION kehu_append_only() RETURNS trigger
                LANGUAGE plpgsql AS $body$
                BEGIN
                    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                        USING ERRCODE = 'insufficient_privilege';
                END
                $body$;
                DROP TRIGGER IF EXISTS kehu_append_only ON %(table)s;
                CREATE TRIGGER kehu_append_only
                BEFORE UPDATE OR DELETE OR TRUNCATE ON %(table)s
                FOR EACH STATEMENT EXECUTE FUNCTION kehu_append_only();
                """.replace("'% is", "'%% is"),
                table=SQL.identifier(self._table),
            )
        )
