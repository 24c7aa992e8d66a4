"""cli: the ``sekisho`` command. What a person types is read and answered here, and decided elsewhere.

    run                     start the proxy
    check                   judge links without opening them
    block, allow            the family's word
    unblock, disallow       … taken back
    import, export          the lists of other blockers
    update                  fetch the lists of phishing that are due
    asks                    what was asked of the family, and its answers
    notify                  set up how the family is notified, and test it
    desk                    the password of the family's desk
    log                     who went where, and what was found
    virustotal              the key with which VirusTotal is asked
    status                  how everything is doing
    forget                  remove what is known of a host

`group` knows the commands and imports one when it is called. A failure is one message on stderr, never
a traceback.
"""

from sekisho.cli.group import main, sekisho

__all__ = ["main", "sekisho"]
