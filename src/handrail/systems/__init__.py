"""RUN: the other kinds of tools: what they do, in a process of their own."""
