"""findings: what people read about a finding, in their language. Pure but for reading the catalogues once.

`sekisho.reasons` holds a sentence for each reason, trick, circumstance, secret and page sign; `wording` says which
one tells an Evidence, and which headline a verdict gets; `catalogue` reads ``translations/`` (gettext, by Babel).
Pages, messages and the terminal take their sentences here, and have none of their own.
"""
