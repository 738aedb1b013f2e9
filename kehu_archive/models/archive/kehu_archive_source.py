import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...registration import definition
from ...wording import comma
from .kehu_archive_unverified import VERIFYING_SOURCES


def _get_row_class(source):
    if not source:
        return "text-danger"
    return "" if source in VERIFYING_SOURCES else "text-warning-emphasis"


# What a fact can come from; ``_get_source_selection`` has the words for it.
SOURCES = ("hand", "import", "visit", "licence", "invoice", "customer", "other")


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
        row = Markup("<tr class='%s'>" + "<td>%s</td>" * 5 + "</tr>")
        head = Markup("<thead><tr>" + "<th>%s</th>" * 5 + "</tr>")
        head %= (
            self.env._("Fact"),
            self.env._("Source"),
            self.env._("Evidence"),
            self.env._("Verified On"),
            self.env._("Compared By"),
        )
        for archive in self:
            rows = [
                row
                % (
                    _get_row_class(gap["source"]),
                    gap["label"],
                    self._get_source_text(gap),
                    self._get_evidence_link(gap),
                    gap["verified_on"] or "",
                    gap["verified_by"] or "",
                )
                for gap in archive.get_gaps()
                if gap["state"] == "filled"
            ]
            archive.fact_source_table = Markup(
                "<table class='table table-sm'>%s</thead><tbody>%s</tbody></table>"
            ) % (head, Markup().join(rows))

    @api.model
    def _get_source_text(self, gap):
        """Say where a fact comes from, and that this alone proves nothing (R13)."""
        if not gap["source"]:
            return self.env._("no source, not verified")
        if gap["source"] in VERIFYING_SOURCES:
            return gap["source_label"]
        return self.env._("%(origin)s, not verified", origin=gap["source_label"])

    @api.model
    def _get_evidence_link(self, gap):
        if not gap["evidence_id"]:
            return ""
        return Markup("<a href='/odoo/archive-catalogue/%s'>%s</a>") % (
            gap["evidence_id"],
            gap["evidence"],
        )

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
        titles = self._get_evidence_titles(sources)
        for gap in gaps:
            entry = sources.get(gap["key"], {})
            gap.update(
                source=entry.get("source", False),
                source_label=labels.get(entry.get("source"), False),
                verified_on=entry.get("on", False),
                verified_by=names.get(entry.get("by"), False),
                evidence_id=entry.get("item", False),
                evidence=titles.get(entry.get("item"), False),
            )
            gap["evidence_id"] = gap["evidence"] and gap["evidence_id"]
        return gaps

    def _get_evidence_titles(self, sources):
        """Return {item id: title} of the evidence that the user may open."""
        items = self.env["kehu.archive.item"]
        ids = {entry["item"] for entry in sources.values() if entry.get("item")}
        if not ids or not items.has_access("read"):
            return {}
        return {item.id: item.title for item in items.search([("id", "in", list(ids))])}

    def verify_facts(self, keys, source, verified_on=None, evidence_id=None):
        """Say of several facts that they were compared with a source.

        :param list[str] keys: keys of the form's definition
        :param str source: visit, licence, invoice, customer, other, hand or import
        :param verified_on: the day; today when empty
        :param int evidence_id: the piece of the catalogue that shows it, such as the
            scan of a licence (R13)
        :raise UserError: for a fact that is empty or unknown, an unknown source, a
            day that has not come yet, or evidence that lies elsewhere
        """
        self._check_kept()
        self._check_content_is_open()
        labels = self._get_fact_labels()
        if source not in dict(self._get_source_selection()):
            raise UserError(
                self.env._("There is no source “%(wanted)s”.", wanted=source)
            )
        evidence = self.env["kehu.archive.item"].browse(evidence_id or ()).exists()
        if evidence_id and (not evidence or evidence.archive_id != self):
            raise UserError(
                self.env._("The evidence has to lie in the catalogue of the archive.")
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
        self._note_sources(
            filled=keys, source=source, verified_on=day, evidence_id=evidence.id
        )

    def _note_sources(
        self, filled=(), cleared=(), source=None, verified_on=None, evidence_id=None
    ):
        """Note for all archives of ``self`` where the same facts come from.

        :param filled: keys that have a value now
        :param cleared: keys that have none any more
        :param str source: by default what the context says, else by hand
        :param verified_on: by default today, where the archive's company is
        :param int evidence_id: the piece of the catalogue that shows it
        """
        if filled or cleared:
            self._note_sources_of(
                dict.fromkeys(self.ids, (filled, cleared)),
                source,
                verified_on,
                evidence_id,
            )

    @api.model
    def _note_sources_of(self, keys, source=None, verified_on=None, evidence_id=None):
        """Note for several archives where different facts come from, in one query.

        :param dict keys: ``{archive id: (keys filled, keys cleared)}``
        :param str source: by default what the context says, else by hand
        :param verified_on: by default today, where the archive's company is
        :param int evidence_id: the piece of the catalogue that shows it
        """
        # The import of core and ours say so; False in the context: not worth noting.
        context = self.env.context
        default = "import" if context.get("import_file") else "hand"
        source = source or context.get("kehu_fact_source", default)
        if source not in SOURCES:
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
                           SELECT jsonb_object_agg(key, jsonb_strip_nulls(
                                  jsonb_build_object(
                                      'source', %(source)s::text,
                                      'on', COALESCE(%(on)s::date, keeper.today)::text,
                                      'by', %(uid)s::int,
                                      'item', %(item)s::int)))
                             FROM jsonb_array_elements_text(entry.filled) AS key),
                           '{}'::jsonb))
                       - ARRAY(SELECT jsonb_array_elements_text(entry.cleared))
                  FROM jsonb_to_recordset(%(entries)s::jsonb)
                            AS entry(id int, filled jsonb, cleared jsonb),
                       (%(keeper)s) keeper
                 WHERE keeper.id = COALESCE(archive.company_id, %(main)s)
                   AND archive.id = entry.id
                   -- PostgreSQL takes any JSON for a hundred rows, and would go
                   -- through all archives for one.
                   AND archive.id = ANY(%(ids)s)
                """,
                source=source,
                on=verified_on,
                uid=self.env.uid,
                item=evidence_id or None,
                ids=archives.ids,
                entries=json.dumps(
                    [
                        {"id": key, "filled": list(filled), "cleared": list(cleared)}
                        for key, (filled, cleared) in keys.items()
                    ]
                ),
                keeper=partners._kehu_get_keeper_sql(),
                main=partners._kehu_get_main_company_id(),
            )
        )
        archives.invalidate_recordset(
            ["fact_sources", "fact_source_table", "unverified_count", "has_unverified"],
            flush=False,
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
