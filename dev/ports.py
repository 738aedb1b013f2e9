"""Find free ports on this machine's loopback interface."""

import errno
import socket

from dev.messages import Problem

LOOPBACK = "127.0.0.1"


def is_free(port):
    """Return whether a server could listen on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def any_free():
    """Return a port that nobody uses, chosen by the operating system."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def first_free(start, tries=100):
    """Return the first free port from ``start`` upwards.

    :raises Problem: none of ``tries`` ports is free.
    """
    for port in range(start, start + tries):
        if is_free(port):
            return port
    raise Problem(
        f"All ports from {start} to {start + tries - 1} are taken: choose a free one "
        "with PORT=."
    )


def wanted(text):
    """Return the port that the user asked for with ``PORT=``.

    :raises Problem: it is no port number, or taken.
    """
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT={text} is no port number: give one from 1024 to 65535.")
    port = int(text)
    if not is_free(port):
        raise Problem(
            f"Port {port} is already taken: choose another one with PORT=, or leave "
            "PORT out to have a free one chosen."
        )
    return port
