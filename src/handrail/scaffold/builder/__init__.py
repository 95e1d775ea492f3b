"""An MCP server by which an agent holds the interview, and a person lets it write the file."""
