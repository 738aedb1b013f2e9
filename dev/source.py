"""Tell whether the module's source has changed."""

import hashlib

from dev.paths import MODULE, PROJECT

SKIPPED = {"__pycache__", "tests"}


def fingerprint():
    """Return a short name for the present content of the module, without its tests.

    Tests are left out, because they change no database.
    """
    digest = hashlib.sha256()
    root = PROJECT / MODULE
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and not SKIPPED.intersection(inside.parts):
            digest.update(str(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
