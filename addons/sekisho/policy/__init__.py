"""policy: the checks in their order, whose word counts, and what follows from a verdict. Pure: no I/O, no clock."""
