"""sekisho inside a mitmproxy of your own: `mitmdump -s addons/click_check.py`. Limits: see README.md."""

from sekisho.proxy.script import script_addons

addons = script_addons()
