"""RECORDED: what remains of a call: its record, its logs, its output."""
