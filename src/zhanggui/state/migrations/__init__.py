"""How the ledger file came to its present tables: one step a file in ``versions``, each building on the one before."""
