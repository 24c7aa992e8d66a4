"""sources: what the outside knows about a domain. Async, bounded, cached; never told more than the domain."""
