"""engine: the only part that knows in which order things are asked; from a request to an Action."""
