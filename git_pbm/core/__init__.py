"""Pure rules, documents and plans: no file, no process, no clock is touched here."""
