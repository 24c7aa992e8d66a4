"""forms: which secrets are in a request body or a query? Pure."""
