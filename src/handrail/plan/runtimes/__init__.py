"""What each family of programs needs from the disk to run at all."""
