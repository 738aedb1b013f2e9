"""The account that PostgreSQL runs under: PostgreSQL refuses to run as root."""

import os
import pwd
from pathlib import Path

from dev.messages import Problem
from dev.shell import run


class Account:
    """A user of the machine, and how to do things as that user."""

    def __init__(self, name, uid, gid):
        """Keep who it is.

        :param name: login name.
        :param uid: user id.
        :param gid: group id.
        """
        self.name = name
        self.uid = uid
        self.gid = gid

    @classmethod
    def for_servers(cls):
        """Return the present user, or an unprivileged one in root's place.

        :raises Problem: root finds no such user.
        """
        if os.geteuid() != 0:
            uid = os.geteuid()
            try:
                name = pwd.getpwuid(uid).pw_name
            except KeyError:
                name = str(uid)
            return cls(name, uid, os.getegid())
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(name, entry.pw_uid, entry.pw_gid)
        raise Problem(
            "PostgreSQL refuses to run as root and this machine has neither the user "
            "postgres nor nobody: run the same command as an ordinary user."
        )

    @property
    def is_other(self):
        """Whether this is another user than the one who runs the command."""
        return self.uid != os.geteuid()

    def run(self, command, doing, check=True):
        """Run a program as this user.

        :param command: list of the program and its arguments.
        :param doing: what is being done, for the sentence in case of failure.
        :param check: raise when it fails.
        :return: the completed process.
        :raises Problem: it failed.
        """
        if self.is_other:
            become = [
                "setpriv",
                f"--reuid={self.uid}",
                f"--regid={self.gid}",
                "--clear-groups",
            ]
            command = [*become, *command]
        home = {"HOME": "/"} if self.is_other else None
        return run(command, doing, log="postgres", env=home, cwd="/", check=check)

    def can_enter(self, folder):
        """Return whether this user gets into ``folder``.

        :param folder: an existing folder.
        """
        if not self.is_other:
            return True
        done = self.run(["test", "-x", folder], "looking for a place", check=False)
        return done.returncode == 0

    def give(self, path):
        """Make this user the owner of ``path``."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def make_folder(self, folder):
        """Make a folder that belongs to this user and that nobody else reads.

        :param folder: where; its parent is made, too.
        :raises Problem: somebody else has put something in its parent's place.
        """
        parent = Path(folder).parent
        parent.mkdir(parents=True, exist_ok=True)
        if parent.is_symlink() or parent.stat().st_uid != os.geteuid():
            raise Problem(
                f"The folder {parent} belongs to somebody else: remove it and run the "
                "same command again."
            )
        if self.is_other and parent.parent == Path("/var/tmp"):
            # Whatever the umask says: the account has to get through.
            parent.chmod(0o711)
        folder.mkdir(mode=0o700)
        self.give(folder)

    def make_file(self, path):
        """Make an empty file that this user may write to."""
        path.write_text("")
        self.give(path)
