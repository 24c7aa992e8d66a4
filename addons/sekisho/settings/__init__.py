"""settings: what can be set, and where each value came from.

addresses    ``HOST=ADDRESS[:PORT]`` and private networks       pure
values       the base of a table, and how its values are read    pure
household    the table [household]: regions and scripts          pure
feeds        the table [feeds]                                  pure
virustotal   the table [virustotal]
registration the table [registration]                           pure
notify       the tables [notify] and [ntfy]
keyfile      VirusTotal's key in the state folder
model        every setting with its default, as one frozen value
load         flags > environment > TOML file > defaults; a bad value with its origin and the remedy
"""

from sekisho.settings.addresses import Network, Resolve, find_resolve, parse_private_network, parse_resolve
from sekisho.settings.feeds import FeedSettings
from sekisho.settings.household import HouseholdSettings
from sekisho.settings.keyfile import find_key
from sekisho.settings.load import SettingsError, load_settings
from sekisho.settings.model import DeskSettings, Settings, default_state
from sekisho.settings.notify import NotifySettings, NtfySettings
from sekisho.settings.registration import RegistrationSettings
from sekisho.settings.virustotal import VirusTotalSettings

__all__ = [
    "DeskSettings",
    "FeedSettings",
    "HouseholdSettings",
    "Network",
    "NotifySettings",
    "NtfySettings",
    "RegistrationSettings",
    "Resolve",
    "Settings",
    "SettingsError",
    "VirusTotalSettings",
    "default_state",
    "find_key",
    "find_resolve",
    "load_settings",
    "parse_private_network",
    "parse_resolve",
]
