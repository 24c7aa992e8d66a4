"""policy: every decision, as functions of values. Pure: no I/O, no clock, no chance; times are passed in.

A link passes the checks in their order, which gives a Verdict. The rules for requests, bodies and pages turn a request
with its Verdict into an Action, which `proxy` carries out. What has to be read or asked for it, `engine` brings.

    request, navigation  what a client wants; what kind of request it is
    checks               `CHECKS`: from a link to a Verdict
    precedence           which of two lines of lists counts
    decisions            the family's decisions, looked up in memory
    household            rules, lists and decisions at one moment, in one value
    familiarity          when a domain becomes familiar, lapses and is checked again
    home_network         which hosts are of the home network, and who may reach them
    action               `Action`: what can happen to a connection, a request, a body or a page
    requests             `REQUEST_RULES`: from a Verdict to the Action on a request
    bodies               the Action on a request body
    pages                which responses are read, and the Action on one
    asking               how often a device may ask the family, and what an answer decides
"""
