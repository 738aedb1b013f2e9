"""Measurements beside Odoo's own ways and beside the floor of the libraries."""
