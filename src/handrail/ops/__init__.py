"""WATCHED: what goes on in a running server."""
