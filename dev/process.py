"""A process in the background that later commands find again."""

import json
import os
import signal
import subprocess
import time


class Background:
    """A program that keeps running after the command that started it."""

    def __init__(self, path):
        """Keep where it is written down.

        :param path: the file that says which process it is.
        """
        self.path = path

    def facts(self):
        """Return what was written down about the running process, or None.

        A number alone does not do: after a restart of the machine it may be
        somebody else's. The time at which the process began is compared, too.
        """
        try:
            facts = json.loads(self.path.read_text())
        except (FileNotFoundError, ValueError):
            return None
        began = beginning(facts["pid"])
        return facts if began is not None and began == facts["began"] else None

    def start(self, command, log, **facts):
        """Start a program.

        :param command: list of the program and its arguments.
        :param log: file for its output, added to.
        :param facts: what later commands should know, beside ``env`` and ``cwd``,
            which are for the process.
        :return: the process.
        """
        env, cwd = facts.pop("env", None), facts.pop("cwd", None)
        with log.open("a") as stream:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        facts = {"pid": process.pid, "began": beginning(process.pid), **facts}
        self.path.write_text(json.dumps(facts))
        return process

    def stop(self, patience=20):
        """Stop the process, first politely.

        :param patience: seconds until it is made to stop.
        :return: whether it was running.
        """
        facts = self.facts()
        if facts:
            os.killpg(facts["pid"], signal.SIGTERM)
            until = time.monotonic() + patience
            while self.facts() and time.monotonic() < until:
                time.sleep(0.1)
            if self.facts():
                os.killpg(facts["pid"], signal.SIGKILL)
        self.path.unlink(missing_ok=True)
        return bool(facts)


def beginning(pid):
    """Return when a process began, in clock ticks since boot; None if it is gone.

    :param pid: its number.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stream:
            fields = stream.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])
