"""Handrail is tested through its public names, its command line and a real MCP client."""
