"""Time and memory of processes, and how the numbers are told."""

import os
import statistics
import threading
import time
from pathlib import Path


def size(name, default):
    """Return a size from the environment, ``BENCH_<name>``."""
    return int(os.environ.get(f"BENCH_{name}", default))


class Watch:
    """Measures the wall time of a block, and how far a process grows meanwhile.

    The growth is the highest resident size, sampled every 20 ms, less the size at the
    beginning: what the block needed beyond what was there.
    """

    def __init__(self, pid):
        """Keep the process to watch."""
        self._pid = pid
        self._over = threading.Event()
        self.seconds = 0.0
        self.mebibytes = 0.0

    def __enter__(self):
        self._before = self._peak = resident(self._pid)
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        self._begin = time.perf_counter()
        return self

    def _sample(self):
        while not self._over.wait(0.02):
            self._peak = max(self._peak, resident(self._pid))

    def __exit__(self, *failure):
        self.seconds = time.perf_counter() - self._begin
        self._over.set()
        self._thread.join()
        self.mebibytes = (self._peak - self._before) / 1024


def resident(pid):
    """Return the resident size of a process in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def median(watches):
    """Return ``(seconds, MiB)``, the medians of several rounds."""
    return (
        statistics.median(watch.seconds for watch in watches),
        statistics.median(watch.mebibytes for watch in watches),
    )


def tell(title, *lines):
    """Print figures where whoever runs the measurement sees them."""
    print(f"\n=== {title}")
    for line in lines:
        print(f"    {line}")
