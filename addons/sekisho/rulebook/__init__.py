"""rulebook: ``rules/`` and the family's own lists, read, checked and watched.

    model                 the Rulebook as one frozen value: no I/O, no parsing
    names, toml_file      what a domain in a rule file must look like; TOML whose mistakes have a line
    brands, tables        brands.toml; words, suffixes, platforms and tricks.toml
    page_rules            page.toml: the words, names and weights by which pages are read
    aftercare             aftercare.toml: who helps, by country
    lines, hostlist       familiar.txt, ordinary.txt and confusables.txt; blocklist.txt and allowlist.txt
    ends, parts           ``until 2026-12-31``; of which domains only a part is listed
    own_lists, imports    edit the family's own lists; keep imported ones, a file each
    packed_list           a long list as one file that is mapped; long_lists and build_list make it
    packed_hosts, packed_names   many names in little memory
    foreign, notation     the lists of other blockers, read and written; gravity reads a Pi-hole's database
    load, watch           the folders → a Rulebook, or every problem at once; the same, kept up to date

Each parser is pure: text and the name it is known by in, a value and a list of problems out. Only
`load`, `watch` and the modules of long lists touch files.
"""

from sekisho.rulebook.hostlist import entry_line, parse_host_list, read_entry
from sekisho.rulebook.load import RuleError, Stamp, load_rulebook, rules_folder, shared_domains, stamp_of
from sekisho.rulebook.watch import RulebookFiles

__all__ = [
    "RuleError",
    "RulebookFiles",
    "Stamp",
    "entry_line",
    "load_rulebook",
    "parse_host_list",
    "read_entry",
    "rules_folder",
    "shared_domains",
    "stamp_of",
]
