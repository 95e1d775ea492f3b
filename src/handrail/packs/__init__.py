"""Tools declared for you, in the grammar of server files."""
