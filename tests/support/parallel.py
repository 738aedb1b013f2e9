"""Many people at the same moment: threads that start together."""

import threading

from tests.support.rpc import RpcError


def all_at_once(acts):
    """Run functions in threads that start together.

    :param acts: functions without arguments, such as calls of several sessions
    :return: for each its result, or the :class:`RpcError` it was answered with
    """
    gate = threading.Barrier(len(acts))
    answers = [None] * len(acts)

    def run(number, act):
        gate.wait()
        try:
            answers[number] = act()
        except RpcError as error:
            answers[number] = error

    threads = [
        threading.Thread(target=run, args=(number, act))
        for number, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def refused(answers):
    """Return the answers that are errors."""
    return [answer for answer in answers if isinstance(answer, RpcError)]
