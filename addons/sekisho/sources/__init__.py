"""sources: what the outside knows about a host. Everything here is bounded in time and size, and may fail."""
