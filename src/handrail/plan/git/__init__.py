"""What a git repository in the workspace could make git do, read from its files alone."""
