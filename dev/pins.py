"""Read ``pins.toml``, the one file that holds every pinned version."""

import functools
import hashlib
import json
import platform
import sys
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("pins.toml")


@functools.cache
def pins():
    """Return the whole content of ``pins.toml`` as nested dictionaries."""
    with FILE.open("rb") as stream:
        return tomllib.load(stream)


def key(*parts):
    """Return a short name for what follows from ``parts``.

    :param parts: JSON-able values: pins, lists of modules, versions of a recipe.
    :return: 12 hexadecimal digits; equal parts give equal keys on every machine.
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def python_tag():
    """Return what tells one Python installation's environments from another's."""
    return [
        list(sys.version_info[:2]),
        sys.implementation.name,
        platform.machine(),
        platform.libc_ver()[0],
        sys.base_prefix,
    ]
