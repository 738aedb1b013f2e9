"""Run other programs, keep what they print, and explain when they fail."""

import os
import subprocess

from dev.messages import Problem, explain
from dev.paths import log_file


def run(command, doing, log="commands", env=None, cwd=None, text_in=None, check=True):
    """Run a program to its end without showing its output.

    :param command: list of the program and its arguments.
    :param doing: what is being done, for the sentence in case of failure.
    :param log: name of the log file that the output is added to.
    :param env: variables to set beside the present ones.
    :param cwd: folder to run in.
    :param text_in: text for its standard input.
    :param check: raise when it fails.
    :return: ``subprocess.CompletedProcess`` with both streams in ``stdout``.
    :raises Problem: it failed or is not there.
    """
    command = [str(part) for part in command]
    path = log_file(log)
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=None if text_in is not None else subprocess.DEVNULL,
            input=text_in,
            env=environment(env),
            cwd=cwd,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise Problem(
            f"The program {command[0]} is not on this machine ({doing}): install it "
            "and run the same command again."
        ) from error
    with path.open("a") as stream:
        stream.write(f"$ {doing}: {command[0]}\n{done.stdout}\n")
    if check and done.returncode:
        raise Problem(explain(done.stdout, doing, path))
    return done


def environment(extra=None):
    """Return this process's environment with English messages and ``extra``.

    :param extra: variables to set; ``None`` as a value removes one.
    """
    env = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "LANGUAGE": ""}
    for name, value in (extra or {}).items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = str(value)
    return env
