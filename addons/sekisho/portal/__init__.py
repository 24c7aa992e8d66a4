"""portal: every page that a person sees — warnings, the portal at ``sekisho.internal``, certificates.

It turns values (Link, Verdict, Brand, Ticket) into pages and knows nothing of mitmproxy. What
stands on a blocked origin carries links only; every form and token lives at the portal.
"""
