"""Names of form fields: which of them ask for a password, a code, an account. Pure.

A name is read as its words (`loginPwd`, `user[pass_word]`), since sites write it in every way; of a
path (`variables.input.password`) the last part counts. The words are those that sites and kits of
several languages use.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT = re.compile(r"[^A-Za-z0-9\u0080-\U0010ffff]+|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_LONGEST = 200

_PASSWORD = re.compile(
    "passwo|passwd|pasword|passwor|passwrd|passphrase|pswd|passwort|kennwort|senha|contrasen|contraseñ|motdepasse|parola"
    "|mima|mdp$|パスワード|ぱすわーど|密码|密碼|口令|비밀번호|пароль|รหัสผ่าน|matkhau|şifre"
)
_PASSWORD_WORDS = frozenset({"pass", "pwd", "pw", "psw", "psd", "passcode", "passw", "pword", "mdp", "clave"})
_PASSWORD_END = re.compile(
    r"(?:user|log|login|txt|my|mail|email|new|old|web|acc|account)(?:pass|pwd|pw|psw)$"
)
_NO_PASSWORD = frozenset(
    {"hint", "strength", "policy", "show", "remember", "toggle", "visible", "type", "boarding", "season",
     "ski", "bus", "train", "rail", "commuter", "annual", "free"}
)  # fmt: skip
_CODE = re.compile(
    "onetime|totp|2fa|mfa|tfa|twofactor|smscode|smspin|smskey|verif(?:y|ication|ied)?(?:code|no|num)|verificationpin|"
    "auth(?:entication)?(?:code|no|num|key)|confirm(?:ation)?(?:code|no|num)|loginc?code|codesms|"
    "ワンタイム|認証コード|認証番号|確認コード|確認番号|認証キー|ninsh?y?ou?(?:code|no|bangou?|key)|验证码|驗證碼|인증번호"
)
_DIGIT_STEMS = frozenset(
    {"otp", "code", "digit", "pin", "sms", "token", "num", "c", "d", "n", "verification", "auth", "input"}
)
_BANK = re.compile(
    "acc(?:oun)?t?(?:n(?:o|um|umber|r)|numero)$|bankacc|kou?za(?:no|num|number|bangou?|meigi)?$|kou?zabangou?|口座|"
    "記号番号|iban|routing|sortcode|kontonummer|账号|계좌"
)
_PIN_WORDS = frozenset({"pin", "pincode", "atmpin", "cardpin"})
_PIN = re.compile("暗証|ansh?y?ou?(?:no|bangou?)|pinn(?:o|um|umber)")
_SECURITY = re.compile(
    "cvc|cvv|(?:card)?securitycode|(?:card)?securitycd|seccode|セキュリティコード|セキュリティーコード|cardverification"
)
_MY_NUMBER = re.compile("mynum|個人番号|マイナンバー|kojinbangou?|kojinno|kojinnum|individualnumber")
_ANSWER = re.compile(
    "(?:secret|security|himitsu)(?:question)?(?:answer|ans|kotae)|秘密の(?:質問の)?答|秘密の質問|challengeanswer"
)


class Name(NamedTuple):
    """A field's name, as far as it says what the field asks for."""

    password: bool = False
    code: bool = False
    is_code: bool = False
    """The name is the single word `code`."""
    digit_of: str = ""
    """Its words without numbers, where a code may be typed digit by digit in fields of that name."""
    bank: bool = False
    pin: bool = False
    security: bool = False
    """The three or four digits on the back of a card."""
    my_number: bool = False
    answer: bool = False
    """Of a secret question."""


@lru_cache(maxsize=4096)
def read_name(name: str) -> Name:
    """What a field of this name asks for. Never raises."""
    last = re.split(r"[.\[\]\s]+", name[-_LONGEST:].rstrip("].\n\t "))
    parts = [part for part in last if part and not part.isdigit()]
    own = parts[-1] if parts else ""
    words = [word.lower() for piece in _SPLIT.split(own) if piece for word in _CAMEL.split(piece)]
    letters = [word for word in words if not word.isdigit()]
    joined = "".join(words)
    # A name of several parts is also read whole: card[security][code], 暗証 番号.
    whole = "".join(char for char in "".join(parts[-3:]).lower() if char.isalnum() or ord(char) > 127)
    stem = "".join(letters)
    own_words = set(letters)
    captcha = "captcha" in whole or "画像" in whole
    password = (
        bool(_PASSWORD.search(joined) or _PASSWORD_END.search(stem)) or bool(own_words & _PASSWORD_WORDS)
    ) and not own_words & _NO_PASSWORD
    code = not captcha and (
        bool(_CODE.search(joined))
        or bool(_CODE.search(whole))
        or any(word == "otp" or (word.endswith("otp") and len(word) <= 8) for word in letters)
    )
    return Name(
        password=password and not code,
        code=code,
        is_code=not captcha and joined in {"code", "コード", "vcode", "token", "passcode"},
        digit_of=stem if stem in _DIGIT_STEMS or stem.endswith(("otp", "code", "digit")) else "",
        bank=bool(_BANK.search(joined) or _BANK.search(whole)),
        pin=bool(own_words & _PIN_WORDS or _PIN.search(joined)),
        security=bool(_SECURITY.search(joined) or _SECURITY.search(whole)),
        my_number=bool(_MY_NUMBER.search(joined) or _MY_NUMBER.search(whole)),
        answer=bool(_ANSWER.search(joined) or _ANSWER.search(whole)),
    )


def says_my_number(text: str) -> bool:
    """Whether a text speaks of the individual number."""
    return "マイナンバー" in text or "個人番号" in text
