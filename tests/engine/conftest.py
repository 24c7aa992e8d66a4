"""The engine's tests share the proxy's fixtures."""

from ..proxy.conftest import engine, settings

__all__ = ["engine", "settings"]
