"""What each command does, as ``make help`` lists them."""

import os
import shutil

from dev import demo, postgres
from dev.messages import say
from dev.paths import STATE


def help_(arguments):
    """List the commands."""
    print("make COMMAND [VARIABLE=value ...]\n")
    for name, command in COMMANDS.items():
        print(f"  {name:<11}{command.__doc__.splitlines()[0]}")
    print(
        "\nVariables: PORT= of `run`; ARGS= of `test` and `bench` (pytest's), `lint`,"
        "\n`i18n` and `psql`; ODOO_SRC= an Odoo 19 source tree of your own; PGHOST="
        "\nPGPORT= PGUSER= PGPASSWORD= a PostgreSQL server of your own."
    )


def run(arguments):
    """Serve the module with demonstration data; prints the address and logins."""
    demo.run()


def test(arguments):
    """Run the whole test suite; ARGS="-k name" picks tests."""
    from dev import suite

    return suite.run(arguments)


def stop(arguments):
    """Stop everything that these commands started."""
    demo.stop()


def reset(arguments):
    """Stop everything and remove the databases and files of this clone."""
    with demo.lock():
        demo.web_server().stop()
        if os.environ.get("PGHOST"):
            drop_given()
        for cluster in (postgres.run_cluster(), postgres.test_cluster()):
            cluster.remove()
        for child in sorted(STATE.iterdir()) if STATE.exists() else ():
            if child.suffix == ".lock":
                continue
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(child)
            else:
                child.unlink()
    say("removed; what was downloaded stays in the cache")


def drop_given():
    """Drop our databases on the server that the user gave."""
    server = postgres.given_server()
    for (name,) in server.sql(
        "SELECT datname FROM pg_database WHERE datname LIKE 'kehu\\_%'"
    ):
        server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def lint(arguments):
    """Check style and conventions of all sources; ARGS=--fix corrects what it can."""
    from dev import lint as linter

    return linter.run(arguments)


def bench(arguments):
    """Run the measurements in bench/."""
    from dev import suite

    return suite.bench(arguments)


def update(arguments):
    """Upgrade the module in the demonstration database."""
    demo.update()


def odoo_tests(arguments):
    """Run Odoo's own tests beside the module; ARGS="sale crm" only some modules'."""
    from dev import odoo_tests as tests

    return tests.run(arguments)


def shell(arguments):
    """Open a Python shell inside the demonstration database."""
    odoo = demo.existing().odoo
    command = odoo.command("shell", "-d", demo.DATABASE, "--no-http", *arguments)
    os.execve(command[0], command, odoo.env())


def psql(arguments):
    """Open psql on the demonstration database."""
    existing = demo.existing()
    postgres.interactive(existing.server, demo.DATABASE, arguments)


def i18n(arguments):
    """Bring the translations up to the source; ARGS=--check only looks."""
    from dev import i18n as translations

    return translations.run(arguments)


def compliance(arguments):
    """List in docs/compliance.md which tests name which clause; ARGS=--check."""
    from dev import compliance as table

    return table.run(arguments)


COMMANDS = {
    "run": run,
    "test": test,
    "stop": stop,
    "reset": reset,
    "update": update,
    "lint": lint,
    "i18n": i18n,
    "compliance": compliance,
    "bench": bench,
    "odoo-tests": odoo_tests,
    "shell": shell,
    "psql": psql,
    "help": help_,
}
