"""sandbox: the processes in which hostile pages are parsed, with their deadline. The only I/O below `page`.

worker       `PageWorkers`: judges pages, and replaces a process that failed
processes    starts, asks and ends one process
fork_server  the process that reads the rules once and forks the others
serve        the process that judges pages
messages     what passes between them   pure
"""
