"""family: what the people of the house said, and how it is looked up and written down.

`decisions` is the view that the checkpoint asks, `weight` says which of two lines counts (both pure); `lists`
edits the family's own blocklist.txt and allowlist.txt in the state folder, `imports` keeps the lists of others
beside them, `gravity` reads a Pi-hole's database. The store keeps decisions; this room knows what they mean.
"""
