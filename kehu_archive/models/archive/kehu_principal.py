import json
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...wording import comma

_MONTH_FORMAT = "%Y-%m"


class KehuPrincipal(models.Model):
    """A person who decides or acts at the customer (R40).

    Name, function and business contact are ordinary facts. What touches the person
    (month of birth, education, personality, family, career, ability) lies encrypted in
    ``traits_cipher``, needs that person's consent item by item, and is not asked for
    again once refused (PIPL 13-17, 28-30).
    """

    _name = "kehu.principal"
    _description = "Principal of a Customer"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10, help="Order on the registration form.")
    role = fields.Selection(
        [
            ("owner", "Owner"),
            ("manager", "Manager"),
            ("legal", "Legal Representative"),
            ("purchasing", "Purchasing"),
            ("finance", "Finance Officer"),
            ("other", "Other"),
        ],
        default="manager",
        required=True,
        help="What the person is at the customer.",
    )
    name = fields.Char(
        string="Person's Name", required=True, help="Name of the person."
    )
    job_title = fields.Char(help="Function at the customer.")
    phone = fields.Char(string="Phone / Mobile", help="Business telephone or mobile.")
    wechat = fields.Char(string="WeChat", help="WeChat name used for business.")
    email = fields.Char(help="Business e-mail address.")

    # === FIELDS - PERSONAL TRAITS, ENCRYPTED === #

    traits_cipher = fields.Char(
        groups="kehu_archive.group_kehu_rep,kehu_archive.group_kehu_archivist",
        copy=False,
        help="The personal traits, encrypted with the key of the archive.",
    )
    birth_month = fields.Char(
        compute="_compute_traits",
        inverse="_inverse_traits",
        help="Year and month of birth, as 1978-05. Needs the person's consent.",
    )
    age = fields.Integer(
        compute="_compute_age", help="Full years, from the month of birth."
    )
    education = fields.Char(
        string="Education Level",
        compute="_compute_traits",
        inverse="_inverse_traits",
        help="Education or degree. Needs the person's consent.",
    )
    personality = fields.Text(
        string="Personality and Hobbies",
        compute="_compute_traits",
        inverse="_inverse_traits",
        help="Character, interests, hobbies. Needs the person's consent.",
    )
    family = fields.Text(
        compute="_compute_traits",
        inverse="_inverse_traits",
        help="Family. Needs the person's consent. Nothing about children under 14 "
        "and nothing about health.",
    )
    background = fields.Text(
        compute="_compute_traits",
        inverse="_inverse_traits",
        help="Career and experience. Needs the person's consent.",
    )
    ability = fields.Text(
        compute="_compute_traits",
        inverse="_inverse_traits",
        help="What the person is good at. Needs the person's consent.",
    )

    # === FIELDS - CONSENT === #

    consent_ids = fields.One2many(
        "kehu.consent",
        "principal_id",
        string="Consents",
        help="What the person has allowed or refused, item by item.",
    )
    consent = fields.Selection(
        [
            ("none", "Not Asked"),
            ("granted", "Granted"),
            ("partial", "In Part"),
            ("refused", "Refused"),
        ],
        compute="_compute_consent",
        inverse="_inverse_consent",
        help="The consents of the person taken together. Setting it to granted or "
        "refused records that answer for every item.",
    )
    consent_summary = fields.Selection(
        related="consent",
        string="Consent Given",
        help="The consents taken together, as the registration form prints them.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_trait_fields(self):
        """The items that need consent; extensions add theirs."""
        return [
            "birth_month",
            "education",
            "personality",
            "family",
            "background",
            "ability",
        ]

    @api.depends("traits_cipher")
    def _compute_traits(self):
        traits = self._get_trait_fields()
        for principal in self:
            # sudo: the cipher is hidden from screens and exports; whoever may read
            # the line (checked before any field is computed) may read what it says.
            values = principal.sudo()._read_traits()
            for name in traits:
                principal[name] = values.get(name) or False

    def _inverse_traits(self):
        traits = self._get_trait_fields()
        entered = {
            principal: {name: principal[name] for name in traits} for principal in self
        }
        for principal, values in entered.items():
            before = principal.sudo()._read_traits()
            changed = [
                name for name in traits if (values[name] or "") != before.get(name, "")
            ]
            principal._check_consent([name for name in changed if values[name]])
            principal.sudo()._write_traits(
                {name: value for name, value in values.items() if value}
            )

    @api.depends("birth_month")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for principal in self:
            principal.age = 0
            if principal.birth_month:
                born = date.fromisoformat(f"{principal.birth_month}-01")
                principal.age = today.year - born.year - (today.month < born.month)

    @api.depends("consent_ids.decision")
    def _compute_consent(self):
        items = self._get_trait_fields()
        for principal in self:
            decisions = principal._get_decisions()
            granted = [name for name in items if decisions.get(name) == "granted"]
            if not decisions:
                principal.consent = "none"
            elif len(granted) == len(items):
                principal.consent = "granted"
            elif granted:
                principal.consent = "partial"
            else:
                principal.consent = "refused"

    def _inverse_consent(self):
        for principal in self:
            if principal.consent in ("granted", "refused"):
                principal._record_consent(
                    principal._get_trait_fields(), principal.consent
                )

    # === CONSTRAINT METHODS === #

    @api.constrains("birth_month")
    def _check_birth_month(self):
        for principal in self.filtered("birth_month"):
            try:
                date.fromisoformat(f"{principal.birth_month}-01")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Month of birth of %(name)s: write it as 1978-05.",
                        name=principal.name,
                    )
                ) from error

    # === BUSINESS METHODS === #

    def _get_decisions(self):
        """The last decision for each item.

        :return: {item: "granted" or "refused"}
        :rtype: dict[str, str]
        """
        self.ensure_one()
        return {consent.item: consent.decision for consent in self.consent_ids}

    def _record_consent(self, items, decision, note=False):
        """Record one answer of the person for several items; a refusal clears them.

        :param list items: names of trait fields
        :param str decision: "granted" or "refused"
        :param str note: how the answer was given
        """
        self.ensure_one()
        known = {consent.item: consent for consent in self.consent_ids}
        self.env["kehu.consent"].create(
            [
                {
                    "principal_id": self.id,
                    "item": item,
                    "decision": decision,
                    "note": note,
                }
                for item in items
                if item not in known
            ]
        )
        for item in items:
            if item in known and known[item].decision != decision:
                known[item].write(
                    {
                        "decision": decision,
                        "note": note,
                        "decided_on": fields.Date.context_today(self),
                    }
                )

    def _check_consent(self, items):
        """Refuse content for an item that the person has not agreed to (R40).

        :param list items: names of trait fields that are about to get a value
        :raise ValidationError: naming the person and the items
        """
        self.ensure_one()
        decisions = self._get_decisions()
        if missing := [name for name in items if decisions.get(name) != "granted"]:
            raise ValidationError(
                self.env._(
                    "%(name)s has not agreed that we keep: %(items)s. Record the "
                    "person's consent first.",
                    name=self.name,
                    items=comma(self.env).join(
                        self._fields[name]._description_string(self.env)
                        for name in missing
                    ),
                )
            )

    def _read_traits(self):
        self.ensure_one()
        if not self.traits_cipher:
            return {}
        return json.loads(
            self.env["kehu.vault"]._decrypt(self.archive_id, self.traits_cipher)
        )

    def _write_traits(self, values):
        self.ensure_one()
        self.traits_cipher = (
            self.env["kehu.vault"]._encrypt(self.archive_id, self._dump(values))
            if values
            else False
        )

    @api.model
    def _dump(self, values):
        """Traits as the text that is encrypted."""
        return json.dumps(values, ensure_ascii=False)
