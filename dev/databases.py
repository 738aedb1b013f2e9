"""Make, copy and drop Odoo databases, each with its files."""

import os
import shutil

from dev.messages import say
from dev.paths import MODULE
from dev.pins import key, pins

# Raise it when what follows makes another template from the same pins.
RECIPE = {"bare": 1, "demo": 2}


class Databases:
    """The databases that one :class:`dev.runner.Odoo` works with."""

    def __init__(self, odoo):
        """Keep the tools.

        :param odoo: how to run Odoo; it knows the server and the data folder.
        """
        self.odoo = odoo
        self.server = odoo.server

    def files(self, name):
        """Return the folder that holds a database's attachments."""
        return self.odoo.data / "filestore" / name

    def names(self):
        """Return the names of all databases of the server."""
        query = "SELECT datname FROM pg_database WHERE NOT datistemplate"
        return [row[0] for row in self.server.sql(query)]

    def drop(self, name):
        """Remove a database with its files, if it is there."""
        self.server.sql(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
            doing=f"removing the database {name}",
        )
        shutil.rmtree(self.files(name), ignore_errors=True)

    def copy(self, source, name):
        """Make ``name`` a copy of ``source``, replacing it.

        The files are linked, not copied: Odoo names them by their content and
        never changes one.

        :param source: name of an existing database that nobody uses.
        :param name: name of the new one.
        """
        self.drop(name)
        version = self.server.sql("SHOW server_version_num")[0][0]
        strategy = "STRATEGY FILE_COPY" if int(version) >= 150000 else ""
        self.server.sql(
            f'CREATE DATABASE "{name}" TEMPLATE "{source}" {strategy}',
            doing=f"copying the database {source}",
        )
        if self.files(source).is_dir():
            shutil.copytree(
                self.files(source), self.files(name), copy_function=link_or_copy
            )

    def rename(self, source, name):
        """Give a finished database its final name."""
        self.drop(name)
        self.server.sql(
            f'ALTER DATABASE "{source}" RENAME TO "{name}"',
            doing=f"renaming the database {source}",
        )
        if self.files(source).is_dir():
            os.replace(self.files(source), self.files(name))

    def create(self, name, modules, demo=False, log="create"):
        """Make a new database with modules and our language.

        It gets its name when it is complete: an interrupted command leaves no half
        database behind that looks like a whole one.

        :param name: its name; one that exists is replaced.
        :param modules: what to install.
        :param demo: for the demonstration: a Chinese company with Chinese accounts,
            and our own demonstration data if our module is among ``modules``.
        :param log: name of the log file.
        :raises dev.messages.Problem: it could not be made.
        """
        partial = f"{name}_new"
        self.drop(partial)
        language = f"--load-language={pins()['databases']['language']}"
        doing = f"making the database {name}"
        if demo:
            # Odoo chooses the accounts when they are installed, by the country.
            self.odoo.install(
                partial, ["base"], language, doing=doing, log=f"{log}-base"
            )
            self.server.sql(CHINESE_COMPANY, partial, doing=doing)
        others = [module for module in modules if module != MODULE or not demo]
        self.odoo.install(partial, others, language, doing=doing, log=log)
        if demo and MODULE in modules:
            self.install_demonstration(partial, log=f"{log}-demo")
        self.server.sql(QUIET, partial, doing="silencing calls to the outside")
        self.rename(partial, name)

    def install_demonstration(self, name, log):
        """Install our module with its demonstration data, and no other module's.

        Odoo installs a module's demonstration data only where all that it depends on
        has its own, which is in English: for the time of the installation, the
        others are marked as if they had.

        :param name: a database made with ``demo``.
        :param log: name of the log file.
        :raises dev.messages.Problem: it could not be installed whole.
        """
        doing = "installing the module with its demonstration data"
        mark = "UPDATE ir_module_module SET demo = {} WHERE state = 'installed'"
        self.server.sql(mark.format("true"), name, doing=doing)
        self.odoo.install(name, [MODULE], doing=doing, log=log)
        self.server.sql(mark.format(f"(name = '{MODULE}')"), name, doing=doing)

    def template(self, demo=False, modules=None):
        """Return the name of a database with our module's dependencies, made once.

        :param demo: ready for our demonstration data.
        :param modules: what it holds; the pinned list by default.
        """
        modules = modules or pins()["databases"]["modules"]
        kind = "demo" if demo else "bare"
        name = self.template_name(kind, modules)
        if name not in self.names():
            say(f"making a database template ({kind}); this happens once")
            self.create(name, modules, demo, log=f"template-{kind}")
        return name

    def template_name(self, kind, modules):
        """Return a name that changes with everything the template is made from.

        :param kind: ``bare`` or ``demo``.
        :param modules: what it holds.
        """
        made_from = [
            RECIPE[kind],
            self.odoo.tree.identity(),
            pins()["python"]["odoo"],
            pins()["databases"],
            modules,
        ]
        return f"kehu_tpl_{kind}_{key(made_from)}"


CHINESE_COMPANY = """
UPDATE res_partner SET country_id = (SELECT id FROM res_country WHERE code = 'CN')
WHERE id IN (SELECT partner_id FROM res_company);
"""

# Nothing here may call its vendor or fetch previews of links.
QUIET = """
UPDATE ir_cron SET active = false WHERE id IN (
    SELECT res_id FROM ir_model_data
    WHERE module = 'mail' AND name = 'ir_cron_module_update_notification');
INSERT INTO ir_config_parameter (key, value) VALUES ('mail.link_preview_throttle', '0')
ON CONFLICT (key) DO UPDATE SET value = excluded.value;
"""


def link_or_copy(source, target):
    """Link a file, or copy it where links are not possible.

    :param source: existing file.
    :param target: new path.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
