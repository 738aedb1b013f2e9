from markupsafe import Markup

from odoo import api, models

from ...registration import stages
from ...wording import comma


class KehuArchive(models.Model):
    """Asks for facts when the business reaches the stage that needs them (R03)."""

    _inherit = "kehu.archive"

    def _get_stage_gaps(self, stage):
        """Return the facts due at a stage of the business and not filled in yet.

        :param str stage: one of ``registration.stages.STAGES``
        :return: {archive: translated labels, in the order of the stages}
        :rtype: dict
        """
        labels = self._get_fact_labels()
        due = stages.expected_by(stage)
        gaps = {}
        for archive in self:
            states = archive._get_fact_states()
            gaps[archive] = [labels[key] for key in due if states.get(key) == "missing"]
        return gaps

    @api.model
    def _get_gap_prompts(self, stage_by_record, customer_of):
        """Say for documents what their customers' archives lack at this stage.

        Only for those who may read the archive: a prompt is for its keeper.

        :param dict stage_by_record: {document: stage, or False for none}
        :param customer_of: function that returns the customer of a document
        :return: {document: text or False}
        """
        prompts = dict.fromkeys(stage_by_record, False)
        if not self.has_access("read"):
            return prompts
        wanted = {}
        for record, stage in stage_by_record.items():
            # sudo: the link is followed to ask for the reader's rights on it.
            archive = customer_of(record).sudo().archive_id.sudo(False)
            if stage and archive:
                wanted.setdefault(stage, {})[record] = archive
        for stage, archives in wanted.items():
            readable = self.union(*archives.values())._filtered_access("read")
            open_ones = readable.filtered(
                lambda archive: archive.state in ("draft", "submitted", "filed")
            )
            gaps = open_ones._get_stage_gaps(stage)
            for record, archive in archives.items():
                prompts[record] = comma(self.env).join(gaps.get(archive, ())) or False
        return prompts

    def _prompt_stage_gaps(self, stage):
        """Give the keepers of incomplete archives a task that lists the gaps.

        One task for each archive: a later prompt replaces the list of an earlier one.
        """
        activity_type = self.env.ref(
            "kehu_archive.mail_activity_stage_gaps", raise_if_not_found=False
        )
        if not activity_type:
            return
        for archive, labels in self._get_stage_gaps(stage).items():
            archive.activity_search(["kehu_archive.mail_activity_stage_gaps"]).unlink()
            user = archive.user_id or archive.create_uid
            if labels and user:
                archive.activity_schedule(
                    activity_type_id=activity_type.id,
                    summary=activity_type.summary,
                    note=Markup("<ul>%s</ul>")
                    % Markup().join(Markup("<li>%s</li>") % label for label in labels),
                    user_id=user.id,
                )
