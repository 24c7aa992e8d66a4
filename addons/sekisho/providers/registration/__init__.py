"""registration: how old a registrable domain is, by its registry. RDAP, and WHOIS for .jp.

Phishing uses names that are a few days old. Registries publish the day of registration of each
registrable domain: by RDAP (RFC 9082, 9083; IANA's list says which server knows which
suffix, RFC 9224), and JPRS, which has no RDAP, by WHOIS (RFC 3912). Nothing but that domain
is sent. A lookup never decides: it adds a caution, and where it fails there is no such finding.

    answer         the values, which names are asked about, what a young name means   pure
    rate_limit     when a server may be asked                                         pure
    fetch          one bounded GET
    protocols      ask one server by RDAP or WHOIS, and read its answer
    server_list    IANA's list, kept and renewed
    memory         what was found out, here and in the store
    registrations  one lookup for all who wait
    provider       all of it as a `Provider`

Reading a value costs no import of aiohttp (a fifth of a second): `registrations` is loaded on first use.
"""

from sekisho.providers.registration.answer import (
    NoAnswerError,
    Registration,
    State,
    askable_domain,
    find_evidence,
    registry_day,
)

__all__ = ["NoAnswerError", "Registration", "State", "askable_domain", "find_evidence", "registry_day"]
