"""``make compliance``: the tests that stand for each clause, read off the tests.

The table in ``docs/compliance.md`` says for each clause where it is met; which tests
name it is not written by hand but collected here, from the docstrings.
"""

import ast
import re

from dev.messages import Problem, say
from dev.paths import MODULE, PROJECT

TABLE = PROJECT / "docs" / "compliance.md"
TEST_FOLDERS = (f"{MODULE}/tests", "tests", "dev/tests")
CLAUSE = re.compile(r"\bR\d{2,3}\b")
RANGE = re.compile(r"\bR(\d{2,3})[-–]R?(\d{2,3})\b")
ROW = re.compile(r"^\| (R\d{2,3}) \|")
NONE = "not yet"


def run(arguments):
    """Bring the table's last column up to the tests.

    :param arguments: ``--check`` leaves the file as it is.
    :raises dev.messages.Problem: a clause of the table has no test.
    """
    text = rewritten(TABLE.read_text(encoding="utf-8"), collected())
    if "--check" not in arguments:
        TABLE.write_text(text, encoding="utf-8")
    if left := untested(text):
        raise Problem(
            f"No test names {', '.join(left)}: write one whose docstring does, or take "
            "the row out of docs/compliance.md."
        )
    say("every clause of docs/compliance.md has a test")
    return 0


def rewritten(text, tests):
    """Return the text of the table with its last column made anew.

    :param str text: the page as it is.
    :param dict tests: ``{clause: {file name: [test names]}}``.
    """
    lines = []
    for line in text.splitlines():
        if found := ROW.match(line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            cells[-1] = described(tests.get(found[1], {}))
            line = f"| {' | '.join(cells)} |"
        lines.append(line)
    return "\n".join(lines) + "\n"


def described(files):
    """Return one cell: the files, and what in them names the clause.

    :param dict files: ``{file name: [test names]}``.
    """
    parts = [
        f"`{file}`: {', '.join(f'`{name}`' for name in names)}"
        for file, names in sorted(files.items())
    ]
    return "<br>".join(parts) or NONE


def untested(text):
    """Return the clauses of the table that no test names.

    :param str text: the page.
    """
    return [
        found[1]
        for line in text.splitlines()
        if (found := ROW.match(line)) and line.rstrip("| ").endswith(NONE)
    ]


def collected():
    """Return which test classes and functions name which clause.

    :rtype: dict[str, dict[str, list[str]]]
    """
    tests = {}
    for folder in TEST_FOLDERS:
        for path in sorted((PROJECT / folder).glob("test_*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if not isinstance(node, ast.ClassDef | ast.FunctionDef):
                    continue
                if not node.name.lower().startswith("test"):
                    continue
                for clause in clauses(ast.get_docstring(node) or ""):
                    tests.setdefault(clause, {}).setdefault(path.name, []).append(
                        node.name
                    )
    return tests


def clauses(docstring):
    """Return the clauses that a docstring names, ranges spelled out.

    :param str docstring: such as ``"R84-R86: options come back (R91)"``.
    """
    named = set(CLAUSE.findall(docstring))
    for first, last in RANGE.findall(docstring):
        named |= {f"R{number:02}" for number in range(int(first), int(last) + 1)}
    return sorted(named)
