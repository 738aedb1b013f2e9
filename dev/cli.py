"""The commands: find the one that is asked for, and turn failures into a sentence."""

import os
import sys
import traceback

from dev import commands
from dev.messages import Problem, complain, explain_os_error
from dev.paths import log_file


def main(arguments):
    """Run one command.

    :param arguments: the command's name and what follows it.
    :return: exit code: 0 done, 1 failed, 2 unknown command, 130 interrupted.
    """
    name, *rest = arguments or ["help"]
    command = commands.COMMANDS.get(name)
    if command is None:
        complain(f"There is no command {name}: `make help` lists them.")
        return 2
    try:
        return command(rest) or 0
    except Problem as problem:
        complain(str(problem))
        return 1
    except KeyboardInterrupt:
        complain("Interrupted: run the same command again to go on where it stopped.")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        keep_traceback()
        complain(explain_os_error(error))
        return 1
    except Exception as error:
        complain(
            f"Something unforeseen happened ({type(error).__name__}: {error}): report "
            f"it with {keep_traceback()}."
        )
        return 1


def keep_traceback():
    """Write the present traceback down, for whoever looks into it.

    :return: the file's path, or a substitute when it cannot be written.
    """
    try:
        path = log_file("failure")
        path.write_text(traceback.format_exc())
    except OSError:
        return "what you did"
    return path
