"""Where things are kept: in the project (``.kehu``) and in the user's cache."""

import hashlib
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODULE = "kehu_archive"
STATE = PROJECT / ".kehu"


def state(*parts):
    """Return a path under ``.kehu``, with its parent folder made.

    :param parts: path components.
    """
    path = STATE.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def log_file(name):
    """Return the path of the log called ``name``.

    :param name: file name without its suffix.
    """
    return state("logs", f"{name}.log")


def cache(*parts):
    """Return a path in the cache that all clones of this user share.

    :param parts: path components under the cache folder.
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(base).joinpath("kehu-archive", *parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def project_key():
    """Return a short name that tells this clone from others on the machine."""
    return hashlib.sha256(str(PROJECT).encode()).hexdigest()[:10]
