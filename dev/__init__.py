"""Bring Odoo 19 and PostgreSQL up for development, demonstration and tests.

Only the standard library is used here, so that a bare machine with Python 3.11
is enough to start from. Nothing in this package is part of the Odoo module.
"""
