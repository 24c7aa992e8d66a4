"""page: does this page ask for secrets in a brand's name?

Read before the browser does: `PageIndex` turns a Rulebook into what pages are judged by, once. `examine` takes
the bytes of a page and answers with Evidence and what the page asks for. The engine calls `PageWorkers.judge_page`,
which does the same in a process that it can kill. Words, names and weights stand in rules/page.toml.

    decode     bytes → text: header, BOM, meta, guess
    tame       what would keep a parser busy for long is taken out
    reading    text → PageFacts, by a C parser
    fields     what is typed into a field
    encoded    the markup that scripts hold encoded
    facts      PageFacts: what a page shows and asks for
    names      which brands a short text names, and whether it says nothing else
    signs      one file for each sign by which a page presents itself as a brand
    icons      whose an icon is, recognised by its file
    index      PageIndex: what of the rules pages are judged by
    presented  as which brand a page presents itself, and how much
    standing   what of one page a sign that is found later is weighed with
    judge      PageFacts → Evidence
    examine    all of these in one call
    downloads  is this answer a program?
    masked     which fields does a page mask?
    field_names  what kind of field has this name?
    sandbox/   the processes that do so within a deadline: the only I/O here

Which pages are shown only after a question is decided in `policy.pages`; what stands in a request is read in `forms`.
"""

from sekisho.page.examine import Examined, examine, unchecked
from sekisho.page.index import PageIndex

__all__ = ["Examined", "PageIndex", "examine", "unchecked"]
