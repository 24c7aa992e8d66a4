"""memory: what the house learns of a domain over time.

`policy` is pure and holds every rule: when a domain becomes familiar to the household, when it lapses,
when it is looked at again. `rechecks` asks again and tells of hosts that turned bad; `ageing` says how
long everything is kept. The rows are `sekisho.store.memory`.
"""
