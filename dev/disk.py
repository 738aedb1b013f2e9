"""Look at the room on the disk before filling it."""

import shutil

from dev.messages import Problem


def need(folder, gigabytes, purpose):
    """Make sure that there is room.

    :param folder: any path on the disk in question; it need not exist yet.
    :param gigabytes: how much will be written.
    :param purpose: what the room is for, as it reads in the sentence.
    :raises Problem: there is less.
    """
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 2**30
    if free < gigabytes:
        raise Problem(
            f"The disk of {folder} has {free:.1f} GB free and {purpose} needs "
            f"{gigabytes:g} GB: free some space and run the same command again."
        )
