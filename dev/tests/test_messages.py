"""Every failure ends with one sentence that says what to do, and no traceback."""

import errno
import socket

import pytest

from dev import cli, commands, disk, ports, suite, system, tree
from dev.messages import Problem, explain, explain_os_error

OUTPUTS = [
    ("dpkg: error: No space left on device", "free some space"),
    ("E: Could not get lock /var/lib/dpkg/lock-frontend", "wait until it has finished"),
    ("E: Temporary failure resolving 'mirror'", "check the network connection"),
    ("npm error code ENOTFOUND", "check the network connection"),
    ("E: Unable to locate package nonesuch", "apt-get update"),
    ("ERROR: No matching distribution found for x==1", "dev/pins.toml"),
    ("The following signatures: NO_PUBKEY 0E98", "debian-archive-keyring"),
    ("initdb: error: cannot be run as root", "as an ordinary user"),
    ("FATAL: password authentication failed for user", "PGPASSWORD"),
    ("ERROR: permission denied to create database", "CREATEDB"),
    (
        'psql: error: connection to server at "db", port 1 failed: Network is '
        "unreachable",
        "PGHOST",
    ),
    (
        'psql: error: could not translate host name "db" to address: Name or service '
        "not known",
        "PGHOST",
    ),
    (
        'connection to server at "db", port 1 failed: FATAL:  password '
        "authentication failed for user",
        "PGPASSWORD",
    ),
    (
        "Could not connect to 127.0.0.1:9. - connect (111: Connection refused)",
        "check the network connection",
    ),
    ("OSError: [Errno 98] Address already in use", "PORT="),
    ("The virtual environment: ensurepip is not available", "python3-venv"),
    ("mkdir: cannot create directory: Permission denied", "give this user the right"),
]


@pytest.fixture
def said(monkeypatch, capsys, tmp_path):
    """Return a function that runs a failing command and gives what it printed."""
    monkeypatch.setattr(cli, "log_file", lambda name: tmp_path / f"{name}.log")

    def run(error):
        def fail(arguments):
            raise error

        monkeypatch.setitem(commands.COMMANDS, "fail", fail)
        code = cli.main(["fail"])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.mark.parametrize(("output", "advice"), OUTPUTS)
def test_a_known_failure_of_a_program_is_said_with_what_to_do(output, advice):
    sentence = explain(f"first line\n{output}\nlast line", "doing something")
    assert advice in sentence
    assert "doing something" in sentence
    assert "\n" not in sentence


def test_an_unknown_failure_names_its_last_line_and_where_the_rest_is():
    sentence = explain("one\n\nthe reason.\n", "doing something", "some.log")
    assert "the reason" in sentence
    assert "some.log" in sentence


def test_a_program_that_fails_silently_still_gets_a_sentence():
    assert "it printed nothing" in explain("", "doing something")


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "free some space"), (errno.EACCES, "give the user the right")],
)
def test_our_own_file_errors_are_said_with_what_to_do(said, number, advice):
    error = OSError(number, "reason", "some/file")
    assert advice in explain_os_error(error)
    code, printed = said(error)
    assert code == 1
    assert len(printed.splitlines()) == 1
    assert advice in printed


@pytest.mark.parametrize(
    ("error", "code"),
    [(Problem("Do this."), 1), (ValueError("odd"), 1), (KeyboardInterrupt(), 130)],
)
def test_no_failure_of_a_command_shows_a_traceback(said, error, code):
    got, printed = said(error)
    assert got == code
    assert len(printed.splitlines()) == 1
    assert "Traceback" not in printed


def test_an_unknown_command_points_at_the_list(capsys):
    assert cli.main(["nonesuch"]) == 2
    assert "make help" in capsys.readouterr().err


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {number} is already taken.*PORT="):
            ports.wanted(str(number))


@pytest.mark.parametrize("text", ["", "abc", "0", "70000", "-1"])
def test_what_is_no_port_number_is_refused(text):
    with pytest.raises(Problem, match="is no port number"):
        ports.wanted(text)


def test_too_little_room_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(Problem, match="free some space"):
        disk.need(tmp_path / "not" / "there", 10**9, "Odoo")


def test_a_source_folder_without_odoo_is_refused(tmp_path):
    with pytest.raises(Problem, match="holds no Odoo"):
        tree.given_tree(tmp_path)


def test_a_source_tree_of_another_version_is_refused(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0)\n")
    with pytest.raises(Problem, match="another Odoo version"):
        tree.given_tree(tmp_path)


def test_an_ordinary_user_is_told_what_root_has_to_install(monkeypatch):
    monkeypatch.setattr(system, "find", lambda name: None)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    with pytest.raises(Problem, match="apt-get install .* chromium` as root"):
        system.need("chromium")


def test_an_ordinary_user_goes_on_without_fonts(monkeypatch, capsys):
    monkeypatch.setattr(system, "find", lambda name: None)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    system.need("fonts")
    assert "going on without fonts-noto-cjk" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([0, 0], 0),
        ([5, 0], 0),
        ([0, 1], 1),
        ([5, 5], 5),
        ([-9, 0], 1),
        ([0, -11], 1),
        ([2, 0], 2),
    ],
)
def test_the_suite_passes_only_if_every_part_that_found_tests_passed(codes, expected):
    assert suite.worst(codes) == expected


def test_files_that_are_named_are_the_only_ones_that_run():
    names = ["tests/test_story.py::test_it", "dev/tests"]
    assert suite.chosen(["-k", "story", names[0], "-q", names[1]]) == (
        names,
        ["-k", "story", "-q"],
    )
    assert suite.chosen(["-k", "no/such/file"]) == ([], ["-k", "no/such/file"])
