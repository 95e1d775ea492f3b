"""Configuration of the programs that use a server: where it is kept, and in which shape."""
