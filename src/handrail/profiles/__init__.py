"""KNOWN: what programs' command lines can do, as data; and what one of them says. Pure."""
