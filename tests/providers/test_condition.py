from sekisho.providers.condition import OFF, QUIET, Condition


def test_nothing_to_do_is_said_of_quiet_states_only() -> None:
    assert sorted(QUIET) == ["not asked yet", "off", "ok"]
    assert Condition("x", "x", "X", OFF, "it is off").is_quiet
    assert not Condition("x", "x", "X", "wrong key", "the key is refused").is_quiet
