"""SERVED: the only place that imports FastMCP."""
