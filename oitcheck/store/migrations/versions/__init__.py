"""One module a version. A published one is never changed."""
