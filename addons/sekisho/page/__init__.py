"""page: does this page, or this form, ask for secrets in a brand's name?

Read before the browser does: `PageIndex` turns a Rulebook into what pages are judged by, once. `examine` takes
the bytes of a page and answers with Evidence and what the page asks for. The proxy calls `PageWorkers.judge_page`,
which does the same in a process that it can kill. Words, names and weights stand in rules/page.toml.

    decode     bytes → text: header, BOM, meta, guess
    tame       what would keep a parser busy for long is taken out
    reading    text → PageFacts, by a C parser; fields tells what is typed where, encoded opens what scripts hold
    facts      PageFacts: what a page shows and asks for
    names      which brands a short text names, and whether it says nothing else
    signs      one file for each sign by which a page presents itself as a brand
    icons      whose an icon is, recognised by its file
    index      PageIndex: what of the rules pages are judged by
    presented  as which brand a page presents itself, and how much
    standing   what of one page a sign that is found later is weighed with
    judge      PageFacts → Evidence
    examine    all of these in one call
    worker     PageWorkers: processes that do so within a deadline
    processes  such a process as the proxy sees it; serve is the process, fork_server its parent where the system
               can fork, messages what passes between them. These are all that does I/O here
    downloads  is this answer a program?
    showing    which pages are shown only after a question

Held before it leaves: `bodies` reads what a browser is about to send into fields, `secrets` says which of them
are secrets; `numbers`, `seeds` and `field_names` know what a card number, a wallet's words and a password field
look like.
"""

from sekisho.page.examine import Examined, examine, unchecked
from sekisho.page.index import PageIndex

__all__ = ["Examined", "PageIndex", "examine", "unchecked"]
