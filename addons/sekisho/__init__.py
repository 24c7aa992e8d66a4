"""sekisho (関所): a checkpoint for the links that a family clicks.

Rooms, from the floor up (imports only go down):

    link, verdict                what a URL is; what was found out about it          pure
    rulebook                     ``rules/`` as one frozen, validated value
    lookalike                    is this host dressed up as a brand?                 pure
    store                        verdicts, visits and decisions in a database
    family, checkpoint           the family's word; the ordered list of checks
    proxy, web                   mitmproxy's hooks; the pages that people see
    settings, cli                what can be set; the ``sekisho`` command
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("sekisho")
except PackageNotFoundError:  # `mitmdump -s addons/click_check.py` from a checkout
    __version__ = "0.1.0"
