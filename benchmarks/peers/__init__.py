"""Side by side with the servers that are made for files and for git."""
