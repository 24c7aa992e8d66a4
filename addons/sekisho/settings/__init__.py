"""settings: what the program was told, and where each value came from.

addresses    ``HOST=ADDRESS[:PORT]`` and private networks       pure
model        every setting with its default, as one frozen value
load         flags > environment > TOML file > defaults; a bad value with its origin and the remedy
"""

from sekisho.settings.addresses import Network, Resolve, find_resolve, parse_private_network, parse_resolve
from sekisho.settings.load import SettingsError, load_settings
from sekisho.settings.model import FeedSettings, Settings, default_state

__all__ = [
    "FeedSettings",
    "Network",
    "Resolve",
    "Settings",
    "SettingsError",
    "default_state",
    "find_resolve",
    "load_settings",
    "parse_private_network",
    "parse_resolve",
]
