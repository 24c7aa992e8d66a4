"""virustotal: the results of some ninety scanners for a registrable domain.

    report    a domain report as a value, and what it proves            pure
    states    how an answer can end, each in a sentence                 pure
    pauses    when not to ask, after a failure                          pure
    client    one question to the server, by vt-py
    lookups   one lookup for all who wait, within the budget
    provider  all of it as a `Provider`

Only ``/domains/{domain}`` is asked; nothing is submitted. Nothing is asked without a key.
"""

from sekisho.providers.virustotal.lookups import Lookups
from sekisho.providers.virustotal.report import SOURCE, DomainReport, find_evidence
from sekisho.providers.virustotal.states import Answer, State

__all__ = ["SOURCE", "Answer", "DomainReport", "Lookups", "State", "find_evidence"]
