"""CONFINED: a plan becomes what the kernel will be told; pure."""
