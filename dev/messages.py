"""What a person reads: progress lines, and one sentence for every failure.

A sentence says what happened and what to do. Programs that these commands call
explain themselves at length and for somebody else; :func:`explain` finds the
known reasons in their output and says them in our words.
"""

import errno
import re
import sys


class Problem(Exception):
    """A failure that one sentence explains, with what to do about it."""


# (pattern in a program's output, sentence); the first that matches wins, so that
# causes stand before their consequences. ``{doing}`` is what was being done.
KNOWN = [
    (
        r"No space left on device|ENOSPC|could not (?:write|extend) file.*No space",
        "The disk is full ({doing}): free some space and run the same command again.",
    ),
    (
        r"Could not get lock|Unable to acquire the dpkg|Unable to lock"
        r"|is another process using it",
        "Another program is installing packages just now ({doing}): wait until it has "
        "finished and run the same command again.",
    ),
    (
        r"dpkg was interrupted",
        "An earlier package installation was interrupted ({doing}): run "
        "`dpkg --configure -a` as root, then the same command again.",
    ),
    (
        r"NO_PUBKEY|EXPKEYSIG|is not signed|couldn't be verified"
        r"|keyring.*(?:not exist|No such file|not readable)",
        "The package lists could not be verified ({doing}): install or update the "
        "package debian-archive-keyring and run the same command again.",
    ),
    (
        r"password authentication failed|no password supplied|no pg_hba.conf entry"
        r"|role \".*\" does not exist",
        "PostgreSQL does not let this user in ({doing}): check PGUSER and PGPASSWORD, "
        "or leave PGHOST unset to use a private server.",
    ),
    (
        # Also when its reason is one that registries fail for.
        r"connection to server (?:at|on) .* failed|could not connect to server"
        r"|could not translate host name",
        "PostgreSQL does not answer ({doing}): check PGHOST and PGPORT, or leave them "
        "unset to use a private server.",
    ),
    (
        r"Temporary failure in name resolution|Temporary failure resolving"
        r"|Could not resolve|Name or service not known|Network is unreachable"
        r"|Failed to establish a new connection|Could not connect|Connection timed out"
        r"|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|Read timed out|ECONNREFUSED"
        r"|Failed to fetch|Could not fetch URL",
        "The package registries cannot be reached ({doing}): check the network "
        "connection or the proxy settings and run the same command again; what is "
        "already downloaded is kept.",
    ),
    (
        r"Unable to locate package|has no installation candidate"
        r"|Version '.*' for '.*' was not found",
        "A package is not offered by this machine's Debian mirror ({doing}): run "
        "`apt-get update` as root, or correct the version in dev/pins.toml.",
    ),
    (
        r"No matching distribution found|Could not find a version that satisfies"
        r"|ETARGET|No matching version found",
        "A pinned version is not offered for this Python or platform ({doing}): "
        "correct it in dev/pins.toml.",
    ),
    (
        r"ensurepip is not available|No module named (?:'?ensurepip|'?venv)",
        "This Python cannot make virtual environments ({doing}): install the package "
        "python3-venv and run the same command again.",
    ),
    (
        r"cannot be run as root|cannot be run as \(and under any|not permitted to run",
        "PostgreSQL refuses to run as root ({doing}): run the same command as an "
        "ordinary user, or create the user `postgres`.",
    ),
    (
        r"permission denied to create database|must be (?:owner|superuser)",
        "The PostgreSQL user may not create databases ({doing}): give it the right "
        "with `ALTER ROLE ... CREATEDB`, or leave PGHOST unset to use a private "
        "server.",
    ),
    (
        r"could not bind IPv4|Address already in use",
        "A port is already taken ({doing}): run the same command again, or choose "
        "another one with PORT=.",
    ),
    (
        r"Connection refused",
        "PostgreSQL does not answer ({doing}): check PGHOST and PGPORT, or leave them "
        "unset to use a private server.",
    ),
    (
        r"shared memory|could not create semaphores|Cannot allocate memory"
        r"|MemoryError|out of memory",
        "There is not enough memory ({doing}): stop other programs and run the same "
        "command again.",
    ),
    (
        r"Permission denied|EACCES|Operation not permitted|Read-only file system",
        "A folder may not be written to ({doing}): give this user the right to the "
        "project folder and to the cache folder, then run the same command again.",
    ),
]


def explain(output, doing, log=None):
    """Return one sentence for the failure of a program.

    :param output: everything the program printed.
    :param doing: what was being done, as it reads inside parentheses.
    :param log: path of the file that keeps the whole output, if there is one.
    :return: a sentence that says what to do.
    """
    for pattern, sentence in KNOWN:
        if re.search(pattern, output):
            return sentence.format(doing=doing)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1].rstrip(".") if lines else "it printed nothing"
    where = f"read {log}" if log else "run the same command again to see it"
    return f"Something failed ({doing}): {last[:200]}; for the whole output {where}."


def explain_os_error(error):
    """Return one sentence for an operating system error of our own code.

    :param error: the ``OSError``.
    :return: a sentence that says what to do.
    """
    what = error.filename or "a file"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full (writing {what}): free some space and run the same "
            "command again."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{what} may not be written or read by this user: give the user the right "
            "to it, or run the same command as its owner."
        )
    return f"{error.strerror or error} ({what}): put that right and run it again."


def say(text):
    """Print one line of progress at once.

    :param text: the line, a sentence without a prefix.
    """
    print(f"kehu: {text}", flush=True)


def complain(text):
    """Print one line about a failure to the error stream.

    :param text: the sentence.
    """
    sys.stdout.flush()
    print(f"kehu: {text}", file=sys.stderr, flush=True)
