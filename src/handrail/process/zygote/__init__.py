"""A warm process that starts one command at a time and owns everything it starts."""
