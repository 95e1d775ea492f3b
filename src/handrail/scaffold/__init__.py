"""From answers to a server file, and from a server file to a project."""
