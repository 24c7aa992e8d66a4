"""PageIndex: what pages are judged by, made once of a Rulebook. Pure."""

from collections.abc import Iterable, Mapping

from sekisho.page.fields import FieldWords
from sekisho.page.names import PageNames
from sekisho.rulebook.model import Rulebook


class PageIndex:
    """What pages are judged by, made once of a Rulebook. Immutable.

    Words that are looked for in what `PageNames.plain` gives are kept by their form there, which has no accents:
    plain → as the rules write them.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.rules = rulebook.page
        self.names = PageNames(rulebook)
        self.fields = FieldWords(rulebook.page.fields)
        self.steps = self._plain(rulebook.page.steps)
        self.pressure = self._plain(rulebook.page.pressure)
        self.alarm = self._plain(rulebook.page.alarm)
        self.call = self._plain(rulebook.page.call)
        self.phrases = {slug: self._plain(words) for slug, words in rulebook.page.phrases.items()}

    def _plain(self, words: Iterable[str]) -> Mapping[str, str]:
        return {self.names.plain(word): word for word in sorted(words)}
