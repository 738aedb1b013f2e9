"""Which test stands for which clause is read off the tests, never claimed."""

from dev import compliance

PAGE = "# Clauses\n\n| R05 | scale | card | old |\n| R06 | work | archive | old |\n"


def test_the_last_column_is_made_from_what_the_tests_name():
    page = compliance.rewritten(PAGE, {"R05": {"test_size.py": ["test_edges"]}})
    assert "| R05 | scale | card | `test_size.py`: `test_edges` |" in page


def test_a_clause_that_no_test_names_is_told():
    page = compliance.rewritten(PAGE, {"R05": {"test_size.py": ["test_edges"]}})
    assert compliance.untested(page) == ["R06"]


def test_a_range_of_clauses_names_each_of_them():
    assert compliance.clauses("R84-R86 and (R91)") == ["R84", "R85", "R86", "R91"]


def test_the_table_in_the_documentation_is_up_to_date_and_has_no_gap():
    page = compliance.TABLE.read_text(encoding="utf-8")
    assert page == compliance.rewritten(page, compliance.collected()), (
        "run `make compliance`"
    )
    assert not compliance.untested(page)
