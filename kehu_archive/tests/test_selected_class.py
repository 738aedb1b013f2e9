from odoo.tests import Form, tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestSelectedClass(KehuCommon):
    """R68: a new customer gets the class that was selected; it can be changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wide = cls.env["kehu.customer.class"].create({"code": "Z1", "name": "Wide"})
        cls.narrow = cls.env["kehu.customer.class"].create(
            {"code": "Z101", "name": "Narrow", "parent_id": cls.wide.id}
        )

    def panel(self, model, field, user=None, **kwargs):
        Model = self.env[model].with_user(user or self.rep)
        panel = Model.search_panel_select_range(field, enable_counters=True, **kwargs)
        return {value["id"]: value for value in panel["values"]}

    def test_a_customer_made_in_the_list_is_registered_with_its_class(self):
        Partner = self.env["res.partner"].with_user(self.rep)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_customer_action"
        )
        context = {
            "kehu_register": True,
            "default_is_company": True,
            "default_customer_class_id": self.narrow.id,
        }
        for key in ("kehu_register", "default_is_company"):
            self.assertIn(key, action["context"])
        with Form(Partner.with_context(**context)) as form:
            form.name = "New in Class"
            self.assertEqual(form.customer_class_id, self.narrow)
        partner = form.record
        self.assertEqual(partner.archive_id.card_customer_class_id, self.narrow)
        self.assertTrue(partner.ref)

    def test_the_class_that_was_selected_can_be_changed(self):
        Partner = self.env["res.partner"].with_user(self.rep)
        Partner = Partner.with_context(default_customer_class_id=self.narrow.id)
        with Form(Partner) as form:
            form.name = "Changed Mind"
            form.customer_class_id = self.wide
        self.assertEqual(form.record.customer_class_id, self.wide)

    def test_contacts_of_a_new_customer_are_not_registered(self):
        company = self.make_customer()
        Partner = self.env["res.partner"].with_user(self.rep)
        for is_company in (False, True):
            contact = Partner.with_context(kehu_register=True).create(
                {
                    "name": "Contact",
                    "parent_id": company.id,
                    "is_company": is_company,
                }
            )
            self.assertFalse(contact.archive_id)

    def test_a_double_is_refused_where_customers_are_made(self):
        """R92"""
        self.make_customer(name="Sea Wind")
        Partner = self.env["res.partner"].with_user(self.rep)
        with self.assertRaisesRegex(Exception, "registered already"):
            Partner.with_context(kehu_register=True).create(
                {"name": "Sea Wind", "is_company": True}
            )

    def test_a_new_archive_proposes_the_class_where_the_customer_has_none(self):
        Archive = self.env["kehu.archive"].with_user(self.rep)
        Archive = Archive.with_context(default_card_customer_class_id=self.narrow.id)
        without = self.make_partner()
        with Form(Archive) as form:
            form.partner_id = without
        self.assertEqual(without.customer_class_id, self.narrow)
        other = self.make_partner(customer_class_id=self.wide.id)
        with Form(Archive) as form:
            form.partner_id = other
        self.assertEqual(other.customer_class_id, self.wide)

    def test_the_panel_offers_classes_that_nobody_has_yet(self):
        """R50"""
        for model, field in (
            ("kehu.archive", "card_customer_class_id"),
            ("res.partner", "customer_class_id"),
        ):
            with self.subTest(model=model):
                values = self.panel(model, field)
                self.assertEqual(values[self.narrow.id]["parent_id"], self.wide.id)
                self.assertEqual(values[self.narrow.id]["__count"], 0)

    def test_the_panel_counts_a_class_with_its_subclasses(self):
        self.make_customer(customer_class_id=self.narrow.id)
        self.make_customer(customer_class_id=self.wide.id)
        values = self.panel("kehu.archive", "card_customer_class_id")
        self.assertEqual(values[self.wide.id]["__count"], 2)
        self.assertEqual(values[self.narrow.id]["__count"], 1)

    def test_the_panel_counts_what_the_user_may_read(self):
        self.make_customer(customer_class_id=self.narrow.id, user_id=self.stranger.id)
        values = self.panel("kehu.archive", "card_customer_class_id", self.rep)
        self.assertEqual(values[self.narrow.id]["__count"], 0)
        values = self.panel("kehu.archive", "card_customer_class_id", self.archivist)
        self.assertEqual(values[self.narrow.id]["__count"], 1)

    def test_the_panel_offers_provinces_and_below_them_what_is_used(self):
        """R50"""
        county = self.env["kehu.region"].search([("code", "=", "370202")])
        self.make_customer(region_id=county.id)
        values = self.panel("kehu.archive", "card_region_id")
        regions = self.env["kehu.region"].browse(values)
        self.assertIn(county, regions)
        self.assertIn(county.parent_id, regions)
        self.assertEqual(values[county.parent_id.parent_id.id]["__count"], 1)
        provinces = regions.filtered(lambda region: region.level == "province")
        self.assertEqual(len(provinces), 34)
        self.assertLess(len(regions), 50)
        self.assertEqual(regions, regions.sorted("code"))

    def test_the_panel_offers_the_sections_of_industries(self):
        """R50"""
        values = self.panel("kehu.archive", "card_industry_id")
        codes = self.env["res.partner.industry"].browse(values).mapped("code")
        self.assertEqual("".join(filter(None, codes)), "ABCDEFGHIJKLMNOPQRST")
