"""From a server file to a whole project."""
