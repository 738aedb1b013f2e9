"""Entry point of ``python3 -m dev COMMAND``: check the Python version, then obey."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "kehu: Python 3.11 or newer is needed (this is %d.%d): install it and run "
        "`make PYTHON=python3.11 ...`." % sys.version_info[:2]
    )

from dev.cli import main

sys.exit(main(sys.argv[1:]))
