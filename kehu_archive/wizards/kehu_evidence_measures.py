from odoo import models
from odoo.fields import Domain

# What the company has set that limits who sees, takes out and hands on archives.
_SETTINGS = (
    "kehu_undertaking_required",
    "kehu_disclosure_required",
    "kehu_release_reason",
    "kehu_release_limit",
    "kehu_release_excess",
    "kehu_copy_days",
    "kehu_loan_days",
    "kehu_loan_max_days",
    "kehu_overdue_blocks",
    "kehu_blind_limit",
    "kehu_typing_limit",
    "kehu_inspection_days",
)
_ROLES = ("rep", "manager", "archivist", "auditor", "admin")


class KehuEvidence(models.TransientModel):
    """The measures: marking, limits, people, rights as enforced, undertakings."""

    _inherit = "kehu.evidence"

    def _get_tables(self):
        return [
            *super()._get_tables(),
            self._get_marking(),
            self._get_limits(),
            self._get_people(),
            self._get_rights(),
            self._get_signatures(),
        ]

    def _get_marking(self):
        """How many archives are marked how, and what of them is marked sensitive."""
        archives = self.env["kehu.archive"].with_context(active_test=False)
        rows = [
            [
                self._get_label("kehu.archive", "confidentiality", level),
                self._get_label("kehu.archive", "state", state),
                count,
            ]
            for level, state, count in archives._read_group(
                self._get_archive_domain(),
                ["confidentiality", "state"],
                ["__count"],
                order="confidentiality, state",
            )
        ]
        inside = self._get_archive_domain("archive_id.")
        items = self.env["kehu.archive.item"].search_count(
            inside & Domain("sensitive", "=", True)
        )
        rows.append([self.env._("Sensitive Items"), "", items])
        people = self.env["kehu.principal"].search_count(inside)
        rows.append(
            [self.env._("Principals, Whose Traits Are Kept Encrypted"), "", people]
        )
        head = [self.env._("Marking"), self.env._("Status"), self.env._("Quantity")]
        intro = self.env._(
            "The marking shows on each screen and each printed or exported copy."
        )
        return self.env._("Marking"), intro, head, rows

    def _get_limits(self):
        """What the company has set, as it is in force."""
        # sudo: users may not read all of their company.
        company_sudo = self.env.company.sudo()
        isolation = self.env["res.partner"]._kehu_get_isolation()
        settings = self.env["res.config.settings"]._fields["kehu_card_isolation"]
        levels = dict(settings._description_selection(self.env))
        rows = [[settings._description_string(self.env), levels[isolation], ""]]
        for name in _SETTINGS:
            field = company_sudo._fields[name]
            value = company_sudo[name]
            if field.type == "boolean":
                value = self.env._("Yes") if value else self.env._("No")
            elif field.type == "selection":
                value = self._get_label("res.company", name, value)
            rows.append(
                [
                    field._description_string(self.env),
                    str(value),
                    field._description_help(self.env) or "",
                ]
            )
        intro = self.env._("Settings in force when the pack was made.")
        return (
            self.env._("Limits"),
            intro,
            [self.env._("Setting"), self.env._("Value"), self.env._("Meaning")],
            rows,
        )

    def _get_people(self):
        """Who works with archives, in which roles."""
        # sudo: users may not read the groups of others; roles are no secret here.
        users_sudo = self.env["res.users"].sudo()
        groups_sudo = {
            role: self.env.ref(f"kehu_archive.group_kehu_{role}").sudo()
            for role in _ROLES
        }
        found_sudo = users_sudo.search(
            users_sudo._get_kehu_undertaking_domain()
            & Domain("company_ids", "in", self.env.company.ids)
        )
        rows = [
            [
                user.name,
                user.login,
                " ".join(
                    group.name
                    for group in groups_sudo.values()
                    if group in user.all_group_ids
                ),
            ]
            for user in found_sudo
        ]
        intro = self.env._(
            "Whoever is not named here has no role in customer archives."
        )
        head = [self.env._("User"), self.env._("Login"), self.env._("Roles")]
        return self.env._("People With Roles"), intro, head, rows

    def _get_rights(self):
        """The rights matrix, measured and not copied from a plan."""
        # sudo: users only read the result.
        rights_sudo = self.env["kehu.right"].sudo()
        flags = [name for name in rights_sudo._fields if name.startswith("can_")]
        head = [self.env._("User Role"), self.env._("Section")] + [
            rights_sudo._fields[name]._description_string(self.env) for name in flags
        ]
        rows = [
            [
                self._get_label("kehu.right", "role", measured["role"]),
                self._get_label("kehu.right", "section", measured["section"]),
                *("✓" if measured[name] else "" for name in flags),
            ]
            for measured in rights_sudo._measure()
        ]
        intro = self.env._(
            "Measured: a user of each role was let at each section, and all was taken "
            "back."
        )
        return self.env._("Rights as Enforced"), intro, head, rows

    def _get_signatures(self):
        """Who signed which undertaking when, as far as it held in the period."""
        start, end = self._get_moments()
        signatures = self.env["kehu.undertaking"].search(
            Domain("signed_at", "<", end) & Domain("valid_until", ">=", start),
            order="signed_at, id",
        )
        rows = [
            [
                signature.user_id.name,
                signature.version,
                self._say_time(signature.signed_at),
                self._say_time(signature.valid_until),
                signature.digest,
            ]
            for signature in signatures
        ]
        # sudo: that somebody has not signed is no secret of whoever watches over it.
        users_sudo = self.env["res.users"].sudo()
        missing_sudo = users_sudo.search(
            users_sudo._get_kehu_undertaking_domain()
            & Domain("company_ids", "in", self.env.company.ids)
            & Domain("kehu_undertaking_open", "=", True)
        )
        rows += [
            [user.name, self.env._("Present text not signed"), "", "", ""]
            for user in missing_sudo
        ]
        head = [
            self.env._("User"),
            self.env._("Version"),
            self.env._("Signed At"),
            self.env._("Valid Until"),
            self.env._("Digest of the Text"),
        ]
        intro = self.env._(
            "Signed undertakings that held within the period, and who lacks one."
        )
        return self.env._("Secrecy Undertakings"), intro, head, rows
