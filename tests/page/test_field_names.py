"""Names of fields: each row is a form that somebody meets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.page.field_names import read_name

PASSWORDS = ["password", "Passwd", "user[password]", "login_pwd", "loginPwd", "txtPass", "pw", "pass2", "newPassword",
             "パスワード", "form.credentials.passCode", "input-password-1", "j_password", "userPass"]  # fmt: skip
CODES = ["otp", "sms_code", "smsOtp", "verificationCode", "auth-code", "2fa", "one_time_password",
         "ワンタイムパスワード", "認証番号", "totp", "mfa_code", "ninsyou_code", "confirm_code"]  # fmt: skip
BANKS = [
    "account_number",
    "accountNo",
    "kouza",
    "koza_bango",
    "口座番号",
    "iban",
    "bankAccount",
    "routingNumber",
]
NOTHING = ["passport", "compass", "bypass", "password_hint", "footprint", "hotprice", "account", "email", "q", "",
           "zip_code", "promo_code", "description", "boarding_pass", "count", "discount", "numbers"]  # fmt: skip


@pytest.mark.parametrize("name", PASSWORDS)
def test_passwords(name: str) -> None:
    assert read_name(name).password


@pytest.mark.parametrize("name", CODES)
def test_codes_are_not_called_passwords(name: str) -> None:
    assert read_name(name).code
    assert not read_name(name).password


@pytest.mark.parametrize("name", BANKS)
def test_accounts(name: str) -> None:
    assert read_name(name).bank


@pytest.mark.parametrize("name", NOTHING)
def test_other_names(name: str) -> None:
    read = read_name(name)
    assert not any(
        (
            read.password,
            read.code,
            read.is_code,
            read.bank,
            read.pin,
            read.security,
            read.my_number,
            read.answer,
        )
    )


@given(st.text(max_size=300))
def test_no_name_raises(name: str) -> None:
    read_name(name)
