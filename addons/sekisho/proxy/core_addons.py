"""Core addons: the five addons of mitmproxy that an explicit proxy needs, imported without the other twenty-six.

`mitmproxy.addons` imports all of its modules, and with them ldap3, pyparsing and a web application: 6 MiB that stay,
and a sixth of the time to start. So the package is entered into `sys.modules` without running its `__init__`, before
anything of mitmproxy is imported; where it was imported already (`mitmdump -s`), it is used as it is. The version
is pinned, and the test imports it in a process of its own.
"""

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_PACKAGE = "mitmproxy.addons"


def _enter_package() -> None:
    spec: ModuleSpec | None = importlib.util.find_spec(_PACKAGE)
    if _PACKAGE in sys.modules or spec is None or spec.submodule_search_locations is None:
        return
    package = ModuleType(_PACKAGE)
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = spec
    sys.modules[_PACKAGE] = package


_enter_package()

from mitmproxy.addons.core import Core  # noqa: E402
from mitmproxy.addons.disable_h2c import DisableH2C  # noqa: E402
from mitmproxy.addons.next_layer import NextLayer  # noqa: E402
from mitmproxy.addons.proxyserver import Proxyserver  # noqa: E402
from mitmproxy.addons.tlsconfig import TlsConfig  # noqa: E402

__all__ = ["Core", "DisableH2C", "NextLayer", "Proxyserver", "TlsConfig"]
