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
        _is_known(cls.__module__)
        for cls in type(model).__mro__
        for method in methods
        if method in vars(cls)
    )


def is_known_module(name):
    """Tell whether a module is one of those that this one was written with."""
    return name in _KNOWN_MODULES


def _is_known(path):
    # A method that was put on the registry's class itself, as automation rules do,
    # stands in a class that no module's file has defined.
    parts = path.split(".")
    return path == _ORM or (
        parts[:2] == ["odoo", "addons"] and parts[2] in _KNOWN_MODULES
    )
