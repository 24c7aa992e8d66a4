"""notify: sends messages to the family, and receives its replies.

words       every sentence that is sent, in Japanese and English       pure
messages    a message, its parts, and how a kind of message is described   pure
asks        the messages of an ask, and of its answer
events      the messages of events, an entry for each kind
delivery    `KINDS`; sends what waits to every target, once
replies     ntfy's JSON, its buttons, and their signed replies          pure
keys        the installation's signing secret and its ntfy topics, in the state folder
targets     the targets of the settings, each with a name that shows no secret; a test message to all
send        apprise, in a process of its own
post        runs `send`, and returns what became of each message
ntfy        publishing, and the outgoing subscription to the replies
listening   receives the replies and applies them
messenger   the runner: delivery and listening, for as long as the proxy runs

A new kind of event: its entry in `events.EVENTS`, and its words. Any other new kind: a module with its `Kind`, its
words, and its name in `delivery.KINDS`.
"""
