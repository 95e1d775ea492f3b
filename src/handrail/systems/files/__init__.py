"""Work on the files of a workspace, in the process that confines it."""
