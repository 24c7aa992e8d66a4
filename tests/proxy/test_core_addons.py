"""A box beside the router has little memory: what is never used is not imported."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
import sekisho.proxy.master
from mitmproxy.addons import proxyserver
assert proxyserver.Proxyserver is sekisho.proxy.master.Proxyserver
print("ldap3" in sys.modules)
print(len([name for name in sys.modules if name.startswith("mitmproxy.addons.")]))
"""


@pytest.mark.slow
def test_only_the_addons_that_are_used_are_imported() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    unused, count = ended.stdout.split("\n")[:2]
    assert unused == "False"
    assert int(count) <= 8


@pytest.mark.slow
def test_where_all_were_imported_they_are_used() -> None:
    script = "import mitmproxy.addons as before\n" + SCRIPT.partition("print")[0]
    script += "assert sys.modules['mitmproxy.addons'] is before\nbefore.default_addons()\n"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
