"""sandbox: the processes in which hostile pages are parsed, with their deadline. The only I/O below `page`."""
