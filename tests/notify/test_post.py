import asyncio

import pytest
from pydantic import SecretStr

from sekisho.notify.messages import Message
from sekisho.notify.post import Sent, post

from .receivers import Mailbox, Webhook

MESSAGE = Message("お母さんが質問しています", "サイト：a[.]example\n止めた理由：…")


def test_mail_and_webhooks_get_the_message_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system proxy is sekisho itself: a message that went through it would wait for its own answer."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Webhook() as webhook, Mailbox() as mailbox:
        sent = asyncio.run(post([(SecretStr(webhook.url), [MESSAGE]), (SecretStr(mailbox.url), [MESSAGE])]))
    assert [(one.count, one.state) for one in sent] == [(1, "ok"), (1, "ok")]
    assert (webhook.got[0]["title"], webhook.got[0]["message"]) == (MESSAGE.title, MESSAGE.body)
    mail = mailbox.got[0]
    assert (mail["Subject"], mail["To"]) == (MESSAGE.title, "child@example.org")
    assert "a[.]example" in mail.get_body(("plain", "html")).get_content()


def test_what_failed_is_told_without_a_word_of_the_address() -> None:
    with Webhook() as webhook:
        webhook.status = 401
        refused = webhook.url
        with Webhook() as other:
            gone = other.url
        sent = asyncio.run(post([(SecretStr(url), [MESSAGE]) for url in (refused, gone, "nosuch://hidden")]))
    assert [(one.count, one.state) for one in sent] == [
        (0, "refused"),
        (0, "unreachable"),
        (0, "not understood"),
    ]
    assert "HTTP 401" in sent[0].message
    assert "hidden" not in repr(sent)


@pytest.mark.slow
def test_a_place_that_hangs_does_not_hold_up_the_others() -> None:
    with Webhook() as slow, Webhook() as quick:
        slow.hang.clear()
        jobs = [(SecretStr(slow.url), [MESSAGE]), (SecretStr(quick.url), [MESSAGE])]
        sent = asyncio.run(post(jobs, seconds=2.5))
    assert [one.state for one in sent] == ["too slow", "ok"]
    assert len(quick.got) == 1


def test_a_process_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    (sent,) = asyncio.run(post([(SecretStr("json://a"), [MESSAGE])]))
    assert (sent.count, sent.state) == (0, "failed")
    assert isinstance(sent, Sent)
