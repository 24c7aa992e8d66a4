"""Reading: the text of a page → PageFacts, by a C parser and without running anything.

Only the tags that tell are looked at: walking through every node in Python would take longer than parsing.
Markup that scripts hold encoded is parsed too and counts as part of the page. Every list is cut, so that a
page of a million pictures costs no more than one of `MOST` of them. Pure.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sekisho.page.encoded import MOST_MARKUP, MOST_SCRIPT, hidden_markup, is_closed
from sekisho.page.facts import Field, PageFacts
from sekisho.page.fields import UNTYPED, FieldWords
from sekisho.page.icons import inline_hashes
from sekisho.page.signs import SIGNS
from sekisho.page.tame import tame
from sekisho.verdict import Secret

MOST = 60
"""Of each kind of thing."""
MOST_TEXT = 40_000
"""Characters of the visible words."""
_MOST_LINE = 200
_MOST_NEAR = 1500
_MOST_SCARE = 6000
"""Characters of a page in which a telephone number is looked for; pages of false support are short."""
_MOST_BEGINNING = 2000
_SHORT_LINE = 60
"""Characters of a line that may be a name and little else."""
_FEW_WORDS = 200
"""Characters of a page that shows almost nothing."""

_SAVED_FROM = re.compile(
    r"<!--\s{0,5}saved from url=\(\d{1,6}\)(\S{1,300})|Mirrored from (\S{1,200})", re.IGNORECASE
)
_HEAD = 6000
"""Characters in which a page says whence it was saved."""
_COPYRIGHT = re.compile(
    # Each branch begins with a letter of its own, so that the search leaps to it.
    r"©|Ⓒ|\([Cc]\)\s{0,3}(?:\d{4}|[Cc]opyright)|"
    + "|".join(
        rf"{word}\s{{1,3}}(?:\([Cc]\)|\d{{4}}|by\b)" for word in ("Copyright", "copyright", "COPYRIGHT")
    )
)
_TELEPHONE = re.compile(
    r"(?<![\w.-])\+?\(?\d{1,4}\)?[-–. ]\(?\d{2,4}\)?[-–. ]\d{3,4}(?:[-–. ]\d{3,4})?(?![\w-])"
)
_HOST = re.compile(r"\s{0,9}(?:https?:)?[/\\]{2}(?:[^/@?#\\]{0,100}@)?([A-Za-z0-9._-]{1,253})", re.IGNORECASE)
_LINES = re.compile(r"\s*\n\s*")
_UNSHOWN = "script,style,noscript,template,svg,option"
_HIDDEN_STYLE = re.compile(
    r"display\s{0,3}:\s{0,3}none|font-size\s{0,3}:\s{0,3}0(?!\.?\d)|visibility\s{0,3}:\s{0,3}hidden|opacity\s{0,3}:\s{0,3}0(?![.\d])",
    re.IGNORECASE,
)


def read_page(text: str, words: FieldWords, *, cut: bool = False) -> PageFacts:
    """What the page of this text shows and asks for.

    cut: `text` is only the beginning of the page. Of a page that asks for nothing, frames nothing and is not cut,
    only what false support shows is read: title, headings, words, telephone numbers.
    """
    tamed, reduced = tame(text)
    tree = LexborHTMLParser(tamed)
    scripts = _scripts(tree)
    markup = "\n".join(part for script in scripts if (part := hidden_markup(script)))[:MOST_MARKUP]
    hidden = _Reader(LexborHTMLParser(tame(markup)[0]), words) if markup else None
    shown = _Reader(tree, words)
    whole = cut or any(reader and (reader.fields or reader.frames) for reader in (shown, hidden))
    facts = shown.read(whole=whole)
    scripted = hidden.read(whole=whole) if hidden else PageFacts()
    both = {name: getattr(facts, name) + getattr(scripted, name) for name in _JOINED}
    saved = _SAVED_FROM.search(text, 0, _HEAD) if _tells_whence(text[:_HEAD].lower()) else None
    if saved:
        both["addresses"] += tuple(_hosts([saved[1] or f"//{saved[2]}"]))
    opaque = not both["fields"] and len(both["text"]) < _FEW_WORDS and any(map(is_closed, scripts))
    return PageFacts(
        **both,
        own={sign: kept + scripted.own.get(sign, ()) for sign, kept in facts.own.items()},
        title=facts.title or scripted.title,
        opaque=opaque,
        reduced=reduced,
        cut=cut,
    )


def _tells_whence(head: str) -> bool:
    return "saved from url" in head or "mirrored from" in head


def _scripts(tree: LexborHTMLParser) -> list[str]:
    """The page's own scripts, at most `MOST_SCRIPT` characters of them."""
    kept: list[str] = []
    left = MOST_SCRIPT
    for node in tree.css("script:not([src])")[: MOST * 4]:
        if left <= 0:
            break
        kept.append(node.text(deep=True)[:left])
        left -= len(kept[-1])
    return kept


_JOINED = (
    *(
        "site_names",
        "authors",
        "addresses",
        "icons",
        "icon_hashes",
        "icon_links",
        "assets",
        "headings",
        "first_lines",
        "copyrights",
        "links",
        "near_form",
    ),
    *("text", "fields", "telephones", "frames"),
)
"""What is shown and what scripts hold, one behind the other."""

_METAS = {
    **dict.fromkeys(("og:site_name", "application-name", "apple-mobile-web-app-title"), "site_names"),
    **dict.fromkeys(("author", "title", "og:title", "twitter:title", "description", "copyright"), "authors"),
    "og:url": "addresses",
}
"""Name of a `<meta>` → the field of PageFacts that its content belongs to."""
_LINK_USES = ("icon", "canonical", "stylesheet")
"""What a `<link>` is for, by its `rel`; the first that fits counts."""
_MOST_ICONS = 5
_LONGEST_LINK = 500
_UNSIGNED = PageFacts()


class _Reader:
    """One parsed tree."""

    def __init__(self, tree: LexborHTMLParser, words: FieldWords) -> None:
        self._tree = tree
        self._words = words
        self.frames = len(tree.css("iframe")[:MOST])
        self.fields, self._forms = self._fields()

    def read(self, *, whole: bool) -> PageFacts:
        tree = self._tree
        title = _line(next((node.text() for node in tree.css("title")[:5] if not _is_drawn(node)), ""))
        signed = self._signed() if whole else _UNSIGNED
        for node in tree.css(_UNSHOWN):
            node.decompose()
        # Where letters were hidden between others, what is left belongs together.
        apart = "" if self._drop_hidden_letters() else "\n"
        text = tree.body.text(separator=apart) if tree.body else ""
        if not whole and len(text) > 2 * MOST_TEXT:
            return PageFacts(title=title)
        shown = _spaced(text[: MOST_TEXT * 2])[:MOST_TEXT]
        numbers = _TELEPHONE.findall(shown) if len(shown) <= _MOST_SCARE else []
        calls = [node.attributes.get("href") or "" for node in tree.css('a[href^="tel:"]')[:MOST]]
        return replace(
            signed,
            title=title,
            headings=_kept(node.text() for node in tree.css("h1,h2,h3,legend")[:MOST]),
            first_lines=_kept(map(_first_line, (text, *(form.text(separator="\n") for form in self._forms))))
            if whole
            else (),
            copyrights=_kept(_lines_of_owners(text)) if whole else (),
            near_form=self._near(text) if whole else "",
            text=shown,
            fields=tuple(self.fields),
            telephones=_kept([*(call[4:] for call in calls), *numbers]),
            frames=self.frames,
        )

    def _signed(self) -> PageFacts:
        """What the page says of itself beside its words, and whence it loads."""
        tree = self._tree
        metas, links = self._metas(), self._links()
        icons = list(map(self._from_base, links["icon"]))
        images = [node.attributes for node in tree.css("img")[: MOST * 2]]
        return PageFacts(
            site_names=_kept(metas["site_names"]),
            authors=_kept(metas["authors"]),
            addresses=tuple(_hosts([*metas["addresses"], *links["canonical"]])),
            icons=tuple(_hosts(icons)),
            icon_hashes=tuple(one for icon in icons[:_MOST_ICONS] for one in inline_hashes(icon)),
            icon_links=tuple(icon[:_LONGEST_LINK] for icon in icons if icon)[:_MOST_ICONS],
            assets=tuple(_hosts([*links["stylesheet"], *(held.get("src") for held in images)])),
            own={spec.sign: _kept(spec.read(tree)) for spec in SIGNS if spec.read},
            links=tuple(_hosts(n.attrs.get("href") for n in tree.css('a[href*="//"]')[: MOST * 4])),
        )

    def _metas(self) -> defaultdict[str, list[str]]:
        """The field of PageFacts → what the page's `<meta>` say for it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for node in self._tree.css("meta[content]")[:MOST]:
            held = node.attributes
            name = (held.get("property") or held.get("name") or held.get("itemprop") or "").lower()
            found[_METAS.get(name, "")].append(_line(held.get("content") or ""))
        return found

    def _links(self) -> defaultdict[str, list[str]]:
        """What a `<link>` is for → the addresses of those, as the page writes them."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for node in self._tree.css("link[rel][href]")[: MOST * 2]:
            held = node.attributes
            rel = (held.get("rel") or "").lower()
            found[next((use for use in _LINK_USES if use in rel), "")].append(held.get("href") or "")
        return found

    def _from_base(self, href: str) -> str:
        """An address as the page's `<base>` makes it: a saved page has the brand's."""
        base = next((node.attributes.get("href") for node in self._tree.css("base[href]")[:1]), "")
        try:
            return urljoin(base, href) if base else href
        except ValueError:
            return href

    def _drop_hidden_letters(self) -> int:
        """Takes away what stands between the letters of a name and is not shown, and says how often:
        ``Pay<span style="display:none">…``.
        """
        dropped = 0
        inline = "span[style],font[style],i[style],b[style],em[style],small[style]"
        for node in self._tree.css(inline)[: MOST * 20]:
            hidden = _HIDDEN_STYLE.search(node.attributes.get("style") or "")
            if hidden and 0 < len(node.text()) < _MOST_LINE:
                node.decompose()
                dropped += 1
        return dropped

    def _fields(self) -> tuple[list[Field], list[LexborNode]]:
        """The fields that ask for something, and the forms in which they stand."""
        fields: list[Field] = []
        forms: dict[int, LexborNode] = {}
        labels = {
            target: _line(node.text(separator=" "))
            for node in self._tree.css("label[for]")[: MOST * 2]
            if (target := node.attributes.get("for"))
        }
        looked = 0
        # Passwords first, so that no crowd of other fields hides them.
        secrets = self._tree.css('input[type="password" i]')[:MOST]
        for node in [*secrets, *self._tree.css("input,textarea,select,[contenteditable]")[: MOST * 5]]:
            held = node.attributes
            kind = (held.get("type") or "text").lower() if node.tag == "input" else "text"
            if kind in UNTYPED:
                continue
            named = [
                held.get(key) or ""
                for key in ("autocomplete", "placeholder", "aria-label", "name", "id", "title")
            ]
            named.insert(1, labels.get(held.get("id") or "", ""))
            secret = self._words.secret_of(kind, *named)
            label = next((text for text in (named[1], named[2], named[3], named[4]) if text), "")
            if (secret is None or kind == "password") and looked < 20:
                looked += 1
                beside = _beside(node)
                secret = self._words.secret_of(kind, *named, beside)
                label = label or beside
            secret = secret or self._words.of_a_question(node.text()[:300] if node.tag == "select" else "")
            if secret is None and (node.tag != "input" or self._words.is_search(*named)):
                continue
            secret = secret or Secret.OTHER
            fields.append(Field(secret, _line(label)[:80]))
            if form := _around(node):
                forms[form.mem_id] = form
        return fields[:MOST], list(forms.values())[:5]

    def _near(self, text: str) -> str:
        """The words of the forms that ask; of a short page that has none, all words."""
        if not self.fields:
            return ""
        words = " ".join(_spaced(form.text(separator=" "))[:_MOST_NEAR] for form in self._forms)
        buttons = [
            node.attributes.get("value") or ""
            for form in self._forms
            for node in form.css('input[type="submit"],input[type="button"]')[:5]
        ]
        if not self._forms and len(text) < _MOST_NEAR * 2:
            words = _spaced(text)
        return " ".join([words, *buttons]).strip()[: _MOST_NEAR * 2]


def _first_line(text: str) -> str:
    """The first short line among the first three of a text that has one for each piece of it; else empty."""
    lines = islice(filter(None, map(str.strip, text[:_MOST_BEGINNING].split("\n"))), 3)
    return next((line for line in lines if len(line) <= _SHORT_LINE), "")


def _lines_of_owners(text: str) -> Iterator[str]:
    """The lines that say whose the page is, at most 20."""
    if not any(sign in text for sign in ("©", "(c)", "(C)", "opyright", "OPYRIGHT", "Ⓒ")):
        return
    seen = -1
    for found in islice(_COPYRIGHT.finditer(text), MOST):
        if found.start() < seen:
            continue
        start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - 80)
        # An owner often stands in a tag of its own: what follows on the next lines belongs to it.
        seen = min(found.end() + 100, len(text))
        yield _LINES.sub(" | ", text[start:seen].strip())


def _around(node: LexborNode) -> LexborNode | None:
    """The form in which a node stands; in a page without forms, what is three levels above it."""
    above, parent = [], node.parent
    while parent is not None and parent.tag not in ("body", "html", "-document"):
        if parent.tag == "form":
            return parent
        above.append(parent)
        if len(above) > 60:
            break
        parent = parent.parent
    return above[min(3, len(above) - 1)] if above else None


def _beside(node: LexborNode) -> str:
    """The words that stand before a field, at most three levels up."""
    at: LexborNode | None = node
    for _ in range(3):
        if at is None or at.tag in ("form", "body"):
            break
        before = at.prev
        for _ in range(4):
            if before is None:
                break
            if words := _line(before.text(separator=" ")):
                return words[-80:]
            before = before.prev
        at = at.parent
    return ""


def _is_drawn(node: LexborNode) -> bool:
    """A title inside a drawing."""
    return node.parent is not None and node.parent.tag not in ("head", "html", "body")


def _line(text: str) -> str:
    line = _spaced(text[: _MOST_LINE * 4])
    # Not in the middle of a word, which would be another one.
    return line if len(line) <= _MOST_LINE else line[:_MOST_LINE].rpartition(" ")[0] or line[:_MOST_LINE]


def _spaced(text: str) -> str:
    """The text with one blank for each stretch of white space."""
    return " ".join(text.split())


def _kept(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, without the empty ones."""
    kept = dict.fromkeys(line for text in texts if (line := _line(text)))
    return tuple(kept)[:MOST]


def _hosts(urls: Iterable[str | None]) -> list[str]:
    """The hosts of absolute addresses, each once."""
    return list(dict.fromkeys(_each_host(urls)))[:MOST]


def _each_host(urls: Iterable[str | None]) -> Iterator[str]:
    for url in urls:
        if url and (found := _HOST.match(url)):
            yield found[1].lower().removesuffix(".")
