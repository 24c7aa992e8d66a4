"""family: what the people of the house said, and how it is looked up and written down.

`decisions` is the view that the checkpoint asks, `weight` says which of two lines counts (both pure); `lists`
edits the family's own blocklist.txt and allowlist.txt in the state folder, `imports` keeps the lists of others
beside them, `gravity` reads a Pi-hole's database. `asking` has the rules of "Ask my family" and `people` what
devices are called (both pure), `asks` asks and answers, `notify` tells the family and hears its replies. The
store keeps decisions; this room knows what they mean.
"""
