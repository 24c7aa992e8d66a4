"""sources: what the outside knows about a domain. Async, bounded in time, and never asked about a path.

A source may be slow, wrong, refused or gone; none of that may hold a click for longer than it allows.
"""
