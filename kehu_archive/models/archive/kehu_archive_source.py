import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...registration import definition
from ...wording import comma


class KehuArchive(models.Model):
    """Where each fact comes from, and who last verified it when (R04).

    One column per archive holds it for all facts, so that a million customers do not
    become fifty million rows. Writing a fact notes its source: by hand, or import;
    ``kehu_fact_source`` in the context says that it was a visit, a licence and so on.
    Clearing a fact forgets its source. Facts that were there before the registration
    have none until somebody verifies them.
    """

    _inherit = "kehu.archive"

    fact_sources = fields.Json(
        readonly=True,
        copy=False,
        help="For each fact: its source, the day it was last verified, and by whom.",
    )
    fact_source_table = fields.Html(
        string="Sources of the Facts",
        compute="_compute_fact_source_table",
        sanitize=False,
        help="Each fact that is filled in, with its source and its last verification.",
    )

    # === COMPUTE METHODS === #

    @api.depends("fact_sources")
    @api.depends_context("lang")
    def _compute_fact_source_table(self):
        row = Markup("<tr class='%s'><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
        head = Markup("<thead><tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>")
        head %= (
            self.env._("Fact"),
            self.env._("Source"),
            self.env._("Verified On"),
            self.env._("Compared By"),
        )
        for archive in self:
            rows = [
                row
                % (
                    "" if gap["source"] else "text-danger",
                    gap["label"],
                    gap["source_label"] or self.env._("not verified"),
                    gap["verified_on"] or "",
                    gap["verified_by"] or "",
                )
                for gap in archive.get_gaps()
                if gap["state"] == "filled"
            ]
            archive.fact_source_table = Markup(
                "<table class='table table-sm'>%s</thead><tbody>%s</tbody></table>"
            ) % (head, Markup().join(rows))

    # === BUSINESS METHODS === #

    @api.model
    def _get_source_selection(self):
        """Sources a fact can have, as key and translated label."""
        labels = {
            "hand": self.env._("Entered by hand"),
            "import": self.env._("Import"),
            "visit": self.env._("Visit"),
            "licence": self.env._("Licence"),
            "invoice": self.env._("Invoice"),
            "customer": self.env._("The customer itself"),
            "other": self.env._("Other"),
        }
        return list(labels.items())

    def get_gaps(self):
        """Add to each fact its source and who verified it when."""
        gaps = super().get_gaps()
        sources = self.fact_sources or {}
        labels = dict(self._get_source_selection())
        # sudo: the names of colleagues who may no longer be readable.
        users_sudo = self.env["res.users"].sudo()
        names = {
            user.id: user.name
            for user in users_sudo.browse(
                {entry["by"] for entry in sources.values()}
            ).exists()
        }
        for gap in gaps:
            entry = sources.get(gap["key"], {})
            gap.update(
                source=entry.get("source", False),
                source_label=labels.get(entry.get("source"), False),
                verified_on=entry.get("on", False),
                verified_by=names.get(entry.get("by"), False),
            )
        return gaps

    def verify_facts(self, keys, source, verified_on=None):
        """Say of several facts that they were compared with a source.

        :param list[str] keys: keys of the form's definition
        :param str source: visit, licence, invoice, customer, other, hand or import
        :param verified_on: the day; today when empty
        :raise UserError: for a fact that is empty or unknown, an unknown source, or a
            day that has not come yet
        """
        self._check_kept()
        self._check_content_is_open()
        labels = self._get_fact_labels()
        if source not in dict(self._get_source_selection()):
            raise UserError(
                self.env._("There is no source “%(wanted)s”.", wanted=source)
            )
        day = fields.Date.to_date(verified_on)
        for archive in self:
            if day and day > archive._get_company_today():
                raise UserError(
                    self.env._("A fact is not verified on a day that is to come.")
                )
            empty = [
                labels.get(key, key)
                for key in keys
                if key not in labels or not archive._has_fact(key)
            ]
            if empty:
                raise UserError(
                    self.env._(
                        "Nothing to verify, because not filled in: %(facts)s",
                        facts=comma(self.env).join(empty),
                    )
                )
        self._note_sources(filled=keys, source=source, verified_on=day)

    def _note_sources(self, filled=(), cleared=(), source=None, verified_on=None):
        """Note for all archives of ``self`` where the same facts come from.

        :param filled: keys that have a value now
        :param cleared: keys that have none any more
        :param str source: by default what the context says, else by hand
        :param verified_on: by default today, where the archive's company is
        """
        if filled or cleared:
            self._note_sources_of(
                dict.fromkeys(self.ids, (filled, cleared)), source, verified_on
            )

    @api.model
    def _note_sources_of(self, keys, source=None, verified_on=None):
        """Note for several archives where different facts come from, in one query.

        :param dict keys: ``{archive id: (keys filled, keys cleared)}``
        :param str source: by default what the context says, else by hand
        :param verified_on: by default today, where the archive's company is
        """
        # The import of core and ours say so; False in the context: not worth noting.
        context = self.env.context
        default = "import" if context.get("import_file") else "hand"
        source = source or context.get("kehu_fact_source", default)
        if source not in dict(self._get_source_selection()):
            source = "other" if source else False
        if not keys or not source:
            return
        archives, partners = self.browse(keys), self.env["res.partner"]
        archives.flush_recordset(["fact_sources", "company_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE kehu_archive archive
                   SET fact_sources = (COALESCE(archive.fact_sources, '{}'::jsonb)
                                       || COALESCE((
                           SELECT jsonb_object_agg(key, jsonb_build_object(
                                      'source', %(source)s::text,
                                      'on', COALESCE(%(on)s::date, keeper.today)::text,
                                      'by', %(uid)s::int))
                             FROM jsonb_array_elements_text(entry.filled) AS key),
                           '{}'::jsonb))
                       - ARRAY(SELECT jsonb_array_elements_text(entry.cleared))
                  FROM jsonb_to_recordset(%(entries)s::jsonb)
                            AS entry(id int, filled jsonb, cleared jsonb),
                       (%(keeper)s) keeper
                 WHERE keeper.id = COALESCE(archive.company_id, %(main)s)
                   AND archive.id = entry.id
                """,
                source=source,
                on=verified_on,
                uid=self.env.uid,
                entries=json.dumps(
                    [
                        {"id": key, "filled": list(filled), "cleared": list(cleared)}
                        for key, (filled, cleared) in keys.items()
                    ]
                ),
                keeper=partners._kehu_get_keeper_sql(),
                main=partners._kehu_get_main_company().id,
            )
        )
        archives.invalidate_recordset(
            ["fact_sources", "fact_source_table"], flush=False
        )

    @api.model
    def _split_fact_keys(self, vals, prefix=""):
        """Tell which facts of the form a write fills, and which it clears.

        :return: (keys filled, keys cleared)
        :rtype: tuple[list[str], list[str]]
        """
        keys = {
            f"{prefix}{name}": value
            for name, value in vals.items()
            if (fact := definition.FIELDS.get(f"{prefix}{name}")) and not fact.readonly
        }
        return (
            [key for key, value in keys.items() if value],
            [key for key, value in keys.items() if not value],
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        archives = super().create(vals_list)
        for archive, vals in zip(archives, vals_list, strict=True):
            archive._note_sources(*self._split_fact_keys(vals))
        return archives

    def write(self, vals):
        result = super().write(vals)
        self._note_sources(*self._split_fact_keys(vals))
        return result

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"fact_sources"}

    def _prepare_merge_vals(self, target):
        """What the target takes over keeps the source that it had here."""
        vals = super()._prepare_merge_vals(target)
        vals["fact_sources"] = {
            **(self.fact_sources or {}),
            **(target.fact_sources or {}),
        }
        return vals
