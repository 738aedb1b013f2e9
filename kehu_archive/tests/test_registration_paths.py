from odoo.tests import TransactionCase, tagged

from ..registration.definition import FIELDS, ROW_FIELDS


@tagged("post_install", "-at_install")
class TestRegistrationPaths(TransactionCase):
    def test_every_key_of_the_form_is_a_field_of_the_archive(self):
        """R108: the form, the card and the register speak of the same facts"""
        unknown = []
        for key in (*FIELDS, *ROW_FIELDS):
            model = self.env["kehu.archive"]
            for name in key.split("."):
                if model is None or name not in model._fields:
                    unknown.append(key)
                    break
                comodel = model._fields[name].comodel_name
                model = self.env[comodel] if comodel else None
        self.assertEqual(unknown, [])
