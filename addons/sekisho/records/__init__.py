"""records: the values that the store keeps, without a database behind them. Pure.

    visits    decisions of the family, releases, visits, lines of the log; and the errors of a store
    asks      people, their devices, what was asked and what became of it
    domains   known domains, clicks on them, events
    sources   what providers answered, their budgets and states

They stand below `policy`, which says what they mean, and `store`, which keeps them.
"""
