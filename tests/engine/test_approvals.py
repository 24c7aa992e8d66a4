"""An approval that leaks to another connection, host or port is an open gate."""

from sekisho.engine.approvals import Approvals


def test_an_approval_is_for_one_connection_host_and_port() -> None:
    approvals = Approvals()
    approvals.approve("a", "example.com", 443)
    assert approvals.approved("a", "example.com", 443)
    assert not approvals.approved("b", "example.com", 443)
    assert not approvals.approved("a", "example.com", 80)
    assert not approvals.approved("a", "www.example.com", 443)


def test_it_ends_with_the_connection_and_leaves_nothing_behind() -> None:
    approvals = Approvals()
    approvals.approve("a", "example.com", 443)
    approvals.forget("a")
    approvals.forget("never-seen")
    assert not approvals.approved("a", "example.com", 443)
    assert len(approvals) == 0
