"""Folding: the letters of a host as a hurried reader takes them.

Two steps. *Skeleton*: a letter of another script, or with marks, becomes the ASCII letters that it looks
like (rules/confusables.txt). *Fold*: digits and letter pairs become the letter that they stand for
(0 o, 1 l, rn m). Brands are folded the same way, and folded is compared with folded, exactly: so nothing
has to be undone, and i and l may share one letter.

Every folded letter keeps the stretch of the host that it came from, for the warning page to draw; that is
worked out only where something was found.
"""

import unicodedata
from collections.abc import Mapping

PAIRS = (("rn", "m"), ("vv", "w"), ("nn", "m"), ("cl", "d"))
"""Two letters that pass for one at a glance in a sans-serif face."""

LETTER_FOR = {"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
"""What a digit stands for; i and l share a letter, since 1, l and I are one shape."""

UNKNOWN = "?"
"""Stands for a letter that looks like no ASCII letter."""

# Bytes: str.translate takes ten times as long.
_FOLDED = bytes.maketrans(
    b"_.%b" % "".join(LETTER_FOR).encode(), b"--%b" % "".join(LETTER_FOR.values()).encode()
)
_SEPARATORS = ".-_"
# Chinese characters in the form that Japan prints today, each before the forms that a reader takes for it: those of
# Taiwan and of old print, and those of the mainland. Only such as stand in brands' names and in words of alarm.
_FORMS = (
    "亜亞亚 医醫 運运 駅驛驿 円圓圆 応應应 会會 覧覽览 絡络 関關关 気氣气 帰歸归 給给 橋桥 協协 "
    "緊紧 区區 経經经 県縣县 検檢检 険險险 顧顾 個个 庫库 広廣广 号號 郷鄉乡 国國 済濟济 財财 "
    "桜櫻樱 斎齋斋 産產产 車车 書书 証證证 銀银 請请 設设 専專专 総總总 沢澤泽 達达 庁廳厅 鉄鐵铁 "
    "転轉转 電电 島岛嶋 東东 動动 読讀读 認认 納纳 農农 馬马 売賣卖 宝寶 豊豐丰 順顺 聯联 "
    "軟软 発發发 浜濱滨 飛飞 猫貓 復复 払拂 聞闻 辺邊边 報报 務务 満滿满 無无 郵邮 輸输 "
    "様樣样 陽阳 楽樂乐 陸陆 両兩两 連连 労勞劳 録錄录 黒黑 高髙 税稅 確确 員员 徳德 崎﨑"
)
_TODAYS_FORM = {ord(other): forms[0] for forms in _FORMS.split() for other in forms[1:]}
# Half-width kana, as far as one of them is one letter: their voicing marks stand apart.
_TODAYS_FORM |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF66, 0xFF9E)}
# Kana that one reader takes for another: small for large, with and without the marks that voice a sound, strokes
# that differ by their slant, and Chinese characters that pass for a kana.
_SHAPES = (
    "アァ イィ ウゥヴ エェ工 オォ カガヵ力 キギ クグ ケゲヶ コゴ サザ シジツヅッ スズ セゼ ソゾン タダ夕 チヂ千 テデ "
    "トド卜 ニ二 ハバパ八 ヒビピ フブプ ヘベペ ホボポ ヤャ ユュ ヨョ ロ口 ワヮ ー一"
)
_SHAPE = {ord(other): shapes[0] for shapes in _SHAPES.split() for other in shapes[1:]}
_SHAPE |= {code: _SHAPE.get(code + 0x60, chr(code + 0x60)) for code in range(0x3041, 0x3097)}


def skeleton(text: str, confusables: Mapping[str, str]) -> str:
    """The text in ASCII as it looks. Marks vanish, kana and characters of East Asia separate words, any
    other letter that looks like nothing in ASCII becomes ``?``. ASCII text comes back as it is.
    """
    if text.isascii():
        return text
    return "".join(seen(char, confusables) for char in text)


def seen(char: str, confusables: Mapping[str, str]) -> str:
    """What one character looks like in ASCII: usually one letter, two for œ, none for a mark."""
    if char.isascii():
        return char
    if letters := confusables.get(char):
        return letters
    if is_east_asian(char):
        return "-"
    category = unicodedata.category(char)
    if category[0] == "M" or category in ("Cf", "Lm", "Sk"):
        return ""
    return confusables.get(unicodedata.normalize("NFD", char)[0], UNKNOWN)


def is_east_asian(char: str) -> bool:
    """Kana, a Chinese character, Hangul or their punctuation."""
    return (
        "\u2e80" <= char <= "\ud7a3"
        or "\uf900" <= char <= "\ufaff"
        or "\uff61" <= char <= "\uffdc"
        or char >= "\U00020000"
    )


def todays_form(text: str) -> str:
    """Chinese characters in the form that Japan uses today, as far as brands' names need it, and kana in
    full width. A letter stays one letter.
    """
    return text.translate(_TODAYS_FORM)


def kana_shape(text: str) -> str:
    """`todays_form`, and kana that look alike or differ by hiragana and katakana only as one. A letter stays
    one letter: メル力リ and めるかり are メルカリ.
    """
    return todays_form(text).translate(_SHAPE)


def fold(text: str) -> str:
    """Digits and pairs of ASCII text as the letters that they stand for, separators as dashes."""
    for pair, letter in PAIRS:
        if pair in text:
            text = text.replace(pair, letter)
    return text.encode().translate(_FOLDED).decode()


def fold_word(text: str) -> str:
    """A brand's or a risk word's letters, folded, without separators."""
    return fold(text).replace("-", "")


def bare(text: str) -> str:
    """The text without its separators."""
    return text.replace(".", "").replace("-", "").replace("_", "")


def trace(text: str, confusables: Mapping[str, str]) -> tuple[str, list[tuple[int, int]]]:
    """The text folded and without separators, and for each letter the stretch of the text that it came from."""
    if text.isascii() and not any(pair in text for pair, _ in PAIRS):
        letters = fold(text).replace("-", "")
        return letters, [(at, at + 1) for at, char in enumerate(text) if char not in _SEPARATORS]
    places: list[tuple[str, int, int]] = []
    for offset, char in enumerate(text):
        if letters := seen(char, confusables):
            places.extend((letter, offset, offset + 1) for letter in letters)
        elif places:
            # A mark belongs to the letter that it stands on.
            places[-1] = (*places[-1][:2], offset + 1)
    seen_as = "".join(letter for letter, _, _ in places)
    for pair, one in PAIRS:
        if pair not in seen_as:
            continue
        seen_as = seen_as.replace(pair, one)
        merged: list[tuple[str, int, int]] = []
        for place in places:
            if merged and merged[-1][0] + place[0] == pair:
                merged[-1] = (one, merged[-1][1], place[2])
            else:
                merged.append(place)
        places = merged
    kept = [
        (LETTER_FOR.get(letter, letter), start, end)
        for letter, start, end in places
        if letter not in _SEPARATORS
    ]
    return "".join(letter for letter, _, _ in kept), [(start, end) for _, start, end in kept]
