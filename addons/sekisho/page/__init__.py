"""page: does this page, or this form, ask for secrets in a brand's name? Pure.

`bodies` reads what a browser is about to send into fields, `secrets` says which of them are secrets;
`numbers`, `seeds` and `names` know what a card number, a wallet's words and a password field look like.
"""
