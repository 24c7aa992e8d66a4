from pydantic import SecretStr

from sekisho.notify.targets import targets_of


def test_a_target_shows_the_kind_of_its_address_and_no_more() -> None:
    urls = [SecretStr("tgram://bot-hidden/chat"), SecretStr("mailto://u:hidden@mail.example")]
    targets = targets_of(urls, ntfy_topic="hidden-topic")
    assert [target.name for target in targets] == ["notify 1 (tgram)", "notify 2 (mailto)", "ntfy"]
    assert "hidden" not in repr(targets)


def test_another_order_tells_nobody_twice() -> None:
    one, two = SecretStr("json://a"), SecretStr("json://b")
    there = {target.key for target in targets_of([one, two], ntfy_topic="t")}
    assert {target.key for target in targets_of([two, one, two], ntfy_topic="t")} == there
    assert len(there) == 3
    assert targets_of([]) == []
