"""The verbs, one topic a file: parse, one call of the shop, tell."""
