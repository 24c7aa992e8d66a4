"""forms: which secrets are in a request body or a query? Pure.

A body is read into fields, whatever its content type says; a secret is recognised by its own check digits or words, or
by the name of its field. Which secrets are held depends on the verdict on the host; what is done with them is decided
in `policy.bodies`.

    bodies    a body or a query → fields, in the order sent
    secrets   fields → `Secret`, and which of them are held
    numbers   cards, My Number and IBAN, by their check digits
    seeds     seed phrases of wallets (BIP-39)
"""
