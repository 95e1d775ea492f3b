"""An ejected project is brought in line with its server file; what was written by hand stays."""
