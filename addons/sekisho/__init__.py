"""sekisho (関所): a checkpoint for the links that a family clicks.

Packages, from the ground up; imports only go down (import-linter checks it in `scripts/lint`):

    atomic_file, backoff, decompress, visible   one module for each idiom that several packages need
    link, reasons, verdict   what a URL is; what can be found out about it, and what was   pure
    records                  the values that the store keeps                               pure
    settings                 what can be set
    rulebook                 ``rules/`` and the family's lists as one frozen, validated value
    findings                 the sentences that people read about a finding
    lookalike, page, forms   what a name, a page, a request body shows                     pure, but page.sandbox
    policy                   checks in their order, precedence, familiarity, the Action    pure
    providers                feeds, VirusTotal, registries: who is asked about a domain
    store                    verdicts, visits and decisions in a database
    engine                   from a request to an Action
    notify, portal           messages to the family; the pages that people see
    proxy                    mitmproxy's hooks
    cli                      the ``sekisho`` command
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("sekisho")
except PackageNotFoundError:  # `mitmdump -s addons/click_check.py` from a checkout
    __version__ = "0.1.0"
