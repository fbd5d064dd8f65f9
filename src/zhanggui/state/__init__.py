"""What people decide, kept in the workspace's ledger file: the tables of it (one topic a file), its migrations, and opening it."""
