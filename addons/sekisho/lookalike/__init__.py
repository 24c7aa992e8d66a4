"""lookalike: is this host dressed up as a brand? Names alone; nothing is looked up, nothing is downloaded.

`build_index` turns a Rulebook into an immutable LookalikeIndex, once. `find_lookalikes` reads a Link against
it and answers with Evidence, the strongest first. What one finding is worth stands in rules/tricks.toml.

    folding.py        which letters are taken for which
    index.py          the brands as automaton and dictionaries: cost per host does not grow with them
    native_names.py   the same in Japanese and other letters, and where such a name ends
    reading.py        a host as a hurried reader sees it: names, folded letters, boundaries
    tricks/           one function a trick, with its guards
    circumstances.py  weaker signs that have no brand
    judge.py          every trick tried, and what is found weighed
    trial.py          the same for people who ask why: also what was not found, and what was measured
    explain.py        offsets of fake letters, and the sentence
    letterscore.py    how random a label looks, by letterpairs.py
    script_mix.py     which scripts no language mixes
"""

from sekisho.lookalike.index import HOME, READABLE, LookalikeIndex, build_index
from sekisho.lookalike.judge import find_lookalikes

__all__ = ["HOME", "READABLE", "LookalikeIndex", "build_index", "find_lookalikes"]
