"""Whether records may be written past the ORM without anybody missing anything.

A register's rows are inserted by SQL, thousands at once. That is right only as long as
nobody but the modules that this one was written with does anything of its own when a
record is made or changed. Another module's ``create``, or an automation rule, which
puts itself in place of ``create`` when the server starts, has to be asked.
"""

#: Methods through which a record is made; whoever extends one wants to be asked.
MAKING = (
    "create",
    "_create",
    "_prepare_create_values",
    "_add_precomputed_values",
    "_compute_field_value",
)
#: Methods through which a record is changed.
WRITING = ("write", "_write", "_write_multi", "_compute_field_value")
#: Methods that say whether a record may be made.
ASKING = ("check_access", "_check_access")
# What these do when a record is made or changed is done for registers, too. The ORM's
# own methods, and the modules without which there is no customer archive.
_KNOWN_MODULES = frozenset(
    {"base", "mail", "phone_validation", "account", "kehu_archive"}
)
_ORM = "odoo.orm.models"


def is_ours_alone(model, methods):
    """Tell whether only known code runs in some methods of a model.

    :param model: a recordset of the model
    :param methods: names of methods, such as :data:`MAKING`
    :rtype: bool
    """
    return all(
        _is_known(cls)
        for cls in type(model).__mro__
        for method in methods
        if method in vars(cls)
    )


def is_known_module(name):
    """Tell whether a module is one of those that this one was written with."""
    return name in _KNOWN_MODULES


def is_ours(method):
    """Tell whether a method, as it runs, is this module's and nobody has extended it."""
    return method.__module__.startswith("odoo.addons.kehu_archive.")


def _is_known(cls):
    if getattr(cls, "pool", None) is not None:
        # The class that the registry has put together from those of the modules holds
        # no method of its own: somebody has set it, as automation rules do.
        return False
    parts = cls.__module__.split(".")
    if parts[:2] == ["odoo", "addons"]:
        return is_known_module(parts[2])
    return cls.__module__ == _ORM
