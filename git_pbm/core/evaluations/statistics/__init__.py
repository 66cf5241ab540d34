"""Statistics of results: pure functions of counts, in the standard library alone."""
