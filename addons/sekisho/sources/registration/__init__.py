"""registration: how old a registrable domain is, as its registry tells it. RDAP, and WHOIS for .jp.

Phishing lives on names that are a few days old. Registries tell the day of registration to anybody who
asks about the registrable domain: by RDAP (RFC 9082, 9083; IANA's list says which server knows which
suffix, RFC 9224), and JPRS, which has no RDAP, by WHOIS (RFC 3912). No more than that domain is told to
anybody. A look-up never decides: it adds a caution, and where it fails there is no such finding.

Pure: `answer` (the values), `age` (dates, and what a young name means), `askable` (which names are
asked about), `server_list`, `rdap_answer`, `jprs_answer` (what servers say), `courtesy` (when they may
be asked).
"""
