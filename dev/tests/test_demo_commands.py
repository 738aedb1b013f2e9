"""What the demonstration's commands decide before they do anything."""

import socket
import subprocess
from types import SimpleNamespace

import pytest

from dev import demo, ports, postgres
from dev.messages import Problem
from dev.paths import PROJECT

LOGINS = [
    ("rep", "李销售", "销售代表", "Sales Representative"),
    ("clerk", "周开票", "发票", "Invoicing"),
    ("rep2", "吴江南", "销售代表", "Sales Representative"),
]


@pytest.fixture
def taken_port():
    """Return a port on which somebody else listens."""
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_the_table_names_one_login_per_role_in_both_languages():
    first, second, *_rest = demo.login_lines(LOGINS)
    assert first.split() == ["rep", "李销售", "销售代表", "Sales", "Representative"]
    assert second.split() == ["clerk", "周开票", "发票", "Invoicing"]


def test_a_second_user_of_a_role_comes_last_and_is_marked():
    lines = demo.login_lines([LOGINS[0], LOGINS[2], LOGINS[1]])
    assert len(lines) == 3
    assert "rep2" in lines[-1]
    assert "one more" in lines[-1]
    assert not any("one more" in line for line in lines[:-1])


def test_a_user_without_a_role_has_a_line_all_the_same():
    assert demo.login_lines([("guest", "客人", "", "")]) == ["    guest       客人"]


def test_the_port_that_the_server_has_is_not_taken(monkeypatch, taken_port):
    monkeypatch.setenv("PORT", str(taken_port))
    assert demo.wanted_port(taken_port) == taken_port


def test_somebody_elses_port_is_refused_before_anything_is_made(
    monkeypatch, taken_port
):
    """Otherwise minutes of installation come before the sentence."""
    monkeypatch.setenv("PORT", str(taken_port))
    monkeypatch.setattr(demo.system, "need", lambda *names: None)
    monkeypatch.setattr(demo, "Demo", lambda: pytest.fail("something was made"))
    with pytest.raises(Problem, match=f"Port {taken_port} is already taken"):
        demo.run()


def test_without_a_wish_the_server_stays_where_it_is(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert demo.wanted_port(12345) == 12345
    assert demo.wanted_port(None) >= demo.FIRST_PORT


@pytest.mark.parametrize("still_free", [True, False])
def test_an_upgraded_server_comes_back_where_it_was(monkeypatch, still_free):
    """A browser window that is open on it goes on working."""
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setattr(ports, "is_free", lambda port: still_free or port != 12345)
    started = []
    web = SimpleNamespace(
        port=lambda: None,
        url=lambda: "",
        stop=lambda: False,
        start=lambda odoo, database, port: started.append(port),
    )
    demo.Demo.serve(SimpleNamespace(web=web, odoo=None), last=12345)
    assert (started == [12345]) == still_free
    assert len(started) == 1


def test_commands_on_a_missing_demonstration_make_nothing(monkeypatch):
    """They neither download Odoo nor start a server to say that there is none."""
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.setattr(postgres.Cluster, "exists", lambda cluster: False)
    monkeypatch.setattr(demo, "Demo", lambda: pytest.fail("something was made"))
    with pytest.raises(Problem, match="run `make run` first"):
        demo.existing()


def test_what_has_to_be_downloaded_comes_before_the_server(monkeypatch):
    """A machine without a network is left without a server that runs for nothing."""

    def no_network():
        raise Problem("no network")

    monkeypatch.setattr(demo.runner, "fetch", no_network)
    monkeypatch.setattr(
        postgres.Cluster, "server", lambda cluster: pytest.fail("a server was started")
    )
    with pytest.raises(Problem, match="no network"):
        demo.Demo()


@pytest.mark.parametrize("port", ["abc", "54 32", "-1"])
def test_a_postgresql_port_that_is_no_number_is_named(monkeypatch, port):
    monkeypatch.setenv("PGHOST", "somewhere")
    monkeypatch.setenv("PGPORT", port)
    with pytest.raises(Problem, match="PGPORT=.* is no port number"):
        postgres.given_server()


def test_make_knows_no_other_words_than_the_commands():
    """Without a rule for it, make would say something for somebody else."""
    done = subprocess.run(
        ["make", "--no-print-directory", "nonesuch"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "There is no command nonesuch: `make help` lists them." in done.stderr
