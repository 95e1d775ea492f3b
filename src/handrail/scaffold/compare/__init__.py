"""What changed between two servers, for the clients of their tools."""
