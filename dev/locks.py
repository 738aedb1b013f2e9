"""One at a time: file locks, and folders that are made once and then shared."""

import contextlib
import fcntl
import os
import shutil

from dev.messages import say


@contextlib.contextmanager
def held(path, waiting=None):
    """Hold the lock file ``path`` for the time of the block.

    The operating system releases it with the process, so a killed command leaves
    nothing behind that somebody has to clear away.

    :param path: the lock file; it is made and stays.
    :param waiting: line to print when somebody else holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting or f"waiting for another command ({path.name})")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def made_once(folder, make, waiting=None):
    """Return ``folder``, calling ``make`` unless an earlier call completed it.

    A folder counts only when its marker file is there; what an interrupted call
    left behind is removed first.

    :param folder: the final place; things that hold absolute paths, such as a
        virtual environment, can therefore be made where they stay.
    :param make: function that gets the new empty folder and fills it.
    :param waiting: line to print when another clone is making it.
    :return: ``folder``.
    """
    marker = folder / ".complete"
    if marker.exists():
        return folder
    lock = folder.with_name(folder.name + ".lock")
    with held(lock, waiting or f"another command is preparing {folder.name}: waiting"):
        if not marker.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                make(folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            partial = folder / ".complete.new"
            partial.touch()
            os.replace(partial, marker)
    return folder
