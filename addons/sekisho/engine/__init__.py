"""engine: from a connection, a request, a body or a page to an Action.

The engine reads what is known, asks the providers where their answer could change the verdict, stores the verdict on a
click before it lets the click through, and asks `policy` what follows. It knows nothing of mitmproxy: `proxy` makes the
values that go in and carries out the Action that comes out. Where rules or store are missing, the
Action is Unavailable.

    engine          `Engine`: the order of these steps, and the only entry for requests and connections
    current         rules, store and `Policy` as they are in force now
    reload          replaces them when files or decisions change
    judging         the verdict on a link; asks the providers
    bodies          request bodies, read before they are sent
    pages           responses, read before the browser gets them
    icons, page_icons        icons of unfamiliar sites, and the pages that name them
    read_pages      what was found on the pages of a host
    unseen_programs          programs that were refused where nobody sees it
    visits, releases         what is kept of requests; to which hosts a device may send secrets
    connections     which servers each client connection may reach
    resolver        the one place where names are resolved
    pending         values that wait for an answer on a page of the portal
    tickets, held_forms      warnings, and held forms, that wait for one
    family, deciding, asks   what the family decides, asks and answers
    background      starts and ends the tasks beside the requests
    monitor, rechecks, listed   known domains are checked again
    retention       how long everything is kept
"""
