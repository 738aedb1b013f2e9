"""A plugin for pytest: of Odoo's tests, those that it tags ``at_install``."""


def pytest_collection_modifyitems(items):
    """Leave the others out: Odoo's own runner runs them."""
    items[:] = [
        one for one in items if "at_install" in getattr(one.cls, "test_tags", ())
    ]
