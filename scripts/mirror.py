"""Check that tests mirror modules: addons/sekisho/a/b.py has tests/a/test_b.py, and the other way round."""

import sys
from pathlib import Path

CODE = Path("addons/sekisho")
TESTS = Path("tests")
# Told by what they re-export or declare; there is nothing in them that could fail on its own.
DECLARATIONS = {"__init__.py", "__main__.py"}
# Tests of the whole, which no single module stands for.
WHOLE = {"test_rules.py", "test_scripts.py", "test_docs.py", "test_click_check.py", "test_year.py"}


def main() -> int:
    """Print every gap; return 1 where there is one."""
    wanted = {
        TESTS / module.relative_to(CODE).with_name(f"test_{module.name}")
        for module in CODE.rglob("*.py")
        if module.name not in DECLARATIONS
    }
    there = {
        test
        for test in TESTS.rglob("test_*.py")
        if test.name not in WHOLE and test.relative_to(TESTS).parts[0] != "browser"
    }
    for test in sorted(wanted - there):
        module = CODE / test.relative_to(TESTS).with_name(test.name.removeprefix("test_"))
        print(f"{test}: missing; write the tests of {module}")
    for test in sorted(there - wanted):
        print(f"{test}: tests no module; move it to where its module is")
    return int(wanted != there)


if __name__ == "__main__":
    sys.exit(main())
