"""Save a database and bring it back elsewhere, as the handbook says to."""

import shutil
import types
from pathlib import Path

from dev.runner import Odoo
from tests.support.live import Database

KEYS = Path("kehu_archive")


class Backup:
    """The three things that the handbook asks to be saved: dump, files, keys."""

    def __init__(self, database, folder):
        """Save a database.

        :param database: :class:`tests.support.live.Database`.
        :param folder: path of an empty folder, for the backup alone.
        """
        bench = database.bench
        self.dump = folder / "kehu.dump"
        self.files = folder / "filestore"
        self.keys = folder / "keys"
        bench.server.run(
            "pg_dump", "-Fc", "-f", self.dump, database.db, doing="saving a database"
        )
        shutil.copytree(bench.databases.files(database.db), self.files)
        shutil.copytree(bench.odoo.data / KEYS, self.keys)


class OtherMachine:
    """Odoo with a data folder of its own, in which nothing is at the beginning."""

    def __init__(self, bench, folder):
        """Prepare it.

        :param bench: :class:`dev.suite.Bench`; its PostgreSQL is used.
        :param folder: path of the data folder.
        """
        odoo = Odoo("restored", bench.server)
        odoo.data = folder
        odoo.conf = odoo.write_conf(folder / "odoo.conf")
        databases = type(bench.databases)(odoo)
        self.bench = types.SimpleNamespace(
            server=bench.server, odoo=odoo, databases=databases
        )

    @property
    def keys(self):
        """Return the folder in which the module looks for its master key."""
        return self.bench.odoo.data / KEYS

    def restore(self, backup, name):
        """Bring the database and its files back; the keys are brought apart.

        :param backup: :class:`Backup`.
        :param name: name of the new database.
        :return: :class:`tests.support.live.Database`.
        """
        server = self.bench.server
        self.bench.databases.drop(name)
        server.sql(f'CREATE DATABASE "{name}"', doing="making a database")
        server.run(
            "pg_restore",
            "--no-owner",
            "--exit-on-error",
            "-d",
            name,
            backup.dump,
            doing="restoring a database",
        )
        shutil.copytree(backup.files, self.bench.databases.files(name))
        return Database(self.bench, name)

    def bring_keys(self, backup):
        """Bring the key files of a backup back."""
        shutil.rmtree(self.keys, ignore_errors=True)
        shutil.copytree(backup.keys, self.keys)
