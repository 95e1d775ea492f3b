"""RUN: the only place that starts processes."""
