"""What git writes for programs, read into values, and told in lines for a model."""
