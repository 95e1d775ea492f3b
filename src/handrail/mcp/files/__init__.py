"""What the results of files tools look like to a model and to a program."""
