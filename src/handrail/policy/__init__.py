"""JUDGED: a plan gets a verdict with its evidence; pure."""
