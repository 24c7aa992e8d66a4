"""feeds: lists of phishing that others publish, downloaded and asked on this computer.

    spec, choice      feeds.toml → the feeds that this household uses
    schedule          when each is asked for again                      pure
    download, cancel_token   one document over http, bounded; how to end it
    entries, build    its text → names, in a process of its own         entries: pure
    state             what is known of each feed, and where its list is
    index             the lists, mapped: FeedIndex.find
    update            all of it together: Feeds.update

Nothing about a click leaves this computer: whole lists come in, and hosts are looked up here.
"""

from sekisho.providers.feeds.choice import chosen_feeds, feed_files, feeds_of, read_feeds
from sekisho.providers.feeds.index import FeedHit, FeedIndex, load_index
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FeedState
from sekisho.providers.feeds.update import FeedFolderError, FeedOutcome, Feeds, Result, Step

__all__ = [
    "FeedFolderError",
    "FeedHit",
    "FeedIndex",
    "FeedOutcome",
    "FeedSpec",
    "FeedState",
    "Feeds",
    "Result",
    "Step",
    "chosen_feeds",
    "feed_files",
    "feeds_of",
    "load_index",
    "read_feeds",
]
