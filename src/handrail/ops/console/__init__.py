"""The console: a page that shows what goes on in a server, and can stop a call."""
