"""What runs an ejected project: its tables are read, served and checked as a server file is."""
