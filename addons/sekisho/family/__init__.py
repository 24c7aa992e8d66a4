"""family: what the people of the house said, and how it is looked up and written down.

`decisions` is the view that the checkpoint asks (pure); `lists` edits the family's own blocklist.txt
and allowlist.txt in the state folder. The store keeps decisions; this room knows what they mean.
"""
