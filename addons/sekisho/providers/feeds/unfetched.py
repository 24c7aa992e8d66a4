"""Unfetched: the lists of one update that could not be fetched, as one line of the log. Pure."""

from collections.abc import Iterable

from sekisho.providers.feeds.update import FeedOutcome, Result


def unfetched_line(outcomes: Iterable[FeedOutcome]) -> str:
    """``2 lists could not be fetched: one, two (no connection …); the last good ones are used``; empty where all were.

    Lists are named as ``[feeds] off`` names them. Those that failed for the same reason stand together, in the order
    of the outcomes. A list that is not due is left out, since its failure was logged when it happened.
    """
    failed = [outcome for outcome in outcomes if outcome.result is Result.FAILED]
    if not failed:
        return ""
    names: dict[str, list[str]] = {}
    for outcome in failed:
        names.setdefault(outcome.state.error, []).append(outcome.spec.slug)
    causes = "; ".join(f"{', '.join(group)} ({error})" for error, group in names.items())
    number = "1 list" if len(failed) == 1 else f"{len(failed)} lists"
    if any(outcome.state.good for outcome in failed):
        rest = "the last good one is used" if len(failed) == 1 else "the last good ones are used"
    else:
        rest = "there is none to use yet" if len(failed) == 1 else "there are none to use yet"
    return f"{number} could not be fetched: {causes}; {rest}"
