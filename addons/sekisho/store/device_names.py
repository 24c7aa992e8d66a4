"""People: how the household's devices are called where somebody is told of them. Pure.

A device is an address on the home network; `store.family` keeps the names that the family gave. One
without a name is told by its address, which is at least what the router shows.
"""

from collections.abc import Iterable, Mapping

from sekisho.store.asked import Device


def names_of(devices: Iterable[Device]) -> Mapping[str, str]:
    """What each device with a name is called: ``Mother (phone)``."""
    return {device.client: device.told for device in devices}


def name_of(client: str, names: Mapping[str, str]) -> str:
    """What to call a device."""
    return names.get(client) or client
