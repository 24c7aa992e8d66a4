"""notify: the family is told what must be told, and its replies are heard.

words       every sentence that is sent, in Japanese and English       pure
messages    an ask, an answer, an event → title and body               pure
replies     signed replies of the buttons: made and read               pure
keys        the installation's signing secret and its ntfy topics, in the state folder
targets     the places of the settings, each with a name that shows no secret
send        apprise, in a process of its own; `post` runs it and knows what came of it
buttons     ntfy's JSON of a message with its buttons                  pure
ntfy        publishing, and the outgoing subscription to the replies
trial       a test message to every place
messenger   the runner: tells what is untold, applies replies
"""
