"""The JSON API: the same commands, queries and rights as the pages, for programs with a token."""
