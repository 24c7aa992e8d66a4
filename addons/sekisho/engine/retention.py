"""Retention: how long everything is kept, and how the store stays small.

Visits are kept one by one as long as a family would look for them, then as counts of a day; warnings are
kept for a year; decisions are never removed here. Where a busy household (or a hostile page with a thousand
host names) still fills more than LIMIT, all times are halved until it fits. Run once a day in a thread; a
busy store raises a StoreError, and the next day tries again.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from sekisho.store import Store
from sekisho.store.pruning import Horizons

logger = logging.getLogger(__name__)

DAY = 86_400.0
PERIOD = DAY
LIMIT = 40 * 2**20
"""Bytes on the disk after ageing: a year of a busy household stays below 50 MB with a day's growth on top."""
_SHORTEST = 1 / 16
_MOST_BITES = 10_000


@dataclass(frozen=True, slots=True)
class Days:
    """How many days each kind of row is kept."""

    visits: float = 90
    """Clicks that were let through."""
    resources: float = 30
    """Sub-resources that were refused, and frames."""
    warned: float = 365
    """Clicks that got a warning page."""
    verdicts: float = 90
    """Verdicts without a visit that is left."""
    known_domains: float = 180
    """Known domains that nobody came by since; longer than they need to lose what they earned."""
    events: float = 365
    """Events that were delivered; undelivered ones stay."""
    facts: float = 180
    """Answers of outside sources, which are asked again long before."""
    counts: float = 3 * 365
    """Counts of visits a day."""

    def horizons(self, now: float, share: float) -> Horizons:
        """The oldest times that are kept, with each of these periods cut to a share of it."""
        return Horizons(
            visits=now - self.visits * share * DAY,
            resources=now - self.resources * share * DAY,
            warned=now - self.warned * share * DAY,
            verdicts=now - self.verdicts * share * DAY,
            known_domains=now - self.known_domains * share * DAY,
            events=now - self.events * share * DAY,
            facts=now - self.facts * share * DAY,
            counts=now - self.counts * share * DAY,
        )


@dataclass(frozen=True, slots=True)
class Aged:
    """What ageing did."""

    gone: int
    """Rows that went."""
    size: int | None
    """Bytes on the disk now; None for a database that is no file."""
    share: float
    """1.0, or the share to which the periods had to be cut to make it fit."""


def age(store: Store, now: float, zone: tzinfo | None = None, *, days: Days | None = None) -> Aged:
    """Forget what is too old and give its space back. `zone`: the family's, for counts of a day.

    Blocking; raises StoreError.
    """
    days = days or Days()
    local = datetime.fromtimestamp(now, zone) if zone else datetime.fromtimestamp(now, UTC).astimezone()
    offset = (local.utcoffset() or timedelta()).total_seconds()
    share, gone = 1.0, 0
    while True:
        horizons = days.horizons(now, share)
        oldest_day = datetime.fromtimestamp(horizons.counts, zone).toordinal()
        for _ in range(_MOST_BITES):
            bite = store.pruning.prune(horizons, offset=offset, oldest_day=oldest_day)
            gone += bite
            if not bite:
                break
        store.compact()
        size = store.size()
        if size is None or size <= LIMIT or share <= _SHORTEST:
            break
        share /= 2
        logger.warning("the store has %d MB; everything in it is kept %g times as long", size >> 20, share)
    return Aged(gone, size, share)


def is_due(last: float | None, now: float) -> bool:
    """Whether a day has gone by since the last time, or the clock was set back."""
    return last is None or now - last >= PERIOD or now < last
