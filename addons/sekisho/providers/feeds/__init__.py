"""feeds: published lists of phishing, downloaded and searched on this computer.

    spec, choice      feeds.toml → the feeds that this household uses
    download, cancel_token   one document over http, bounded; how to end it
    entries, build    its text → names, in a process of its own         entries: pure
    state             what is known of each feed, where its list is, and when it is due
    index             the lists, mapped: FeedIndex.find
    update            all of it together: Feeds.update
    unfetched         the lists that failed, as one line of the log                  pure
    provider          the lists as a `Provider`

Nothing about a click leaves this computer: whole lists come in, and hosts are looked up here.
"""

from sekisho.providers.feeds.choice import feeds_of
from sekisho.providers.feeds.index import FeedIndex, load_index
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FeedState
from sekisho.providers.feeds.update import FeedFolderError, FeedOutcome, Feeds, Result, Step

__all__ = [
    "FeedFolderError",
    "FeedIndex",
    "FeedOutcome",
    "FeedSpec",
    "FeedState",
    "Feeds",
    "Result",
    "Step",
    "feeds_of",
    "load_index",
]
