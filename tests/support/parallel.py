"""Many people at the same moment: threads that start together."""

import contextlib
import threading

from dev import ports
from tests.support.live import Database
from tests.support.rpc import RpcError


@contextlib.contextmanager
def serve_workers(bench_place, name, setup):
    """Serve a copy of the demonstration by two workers: they share the database alone.

    :param bench_place: :class:`dev.suite.Bench`.
    :param name: of the copy.
    :param setup: script for Odoo's shell that prints READY at its end.
    :return: a context manager of the server and the database.
    """
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    assert "READY" in database.cli("shell", "--no-http", text_in=setup)
    with database.serve("--workers=2", f"--gevent-port={ports.any_free()}") as server:
        yield server, database
    database.drop()


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
