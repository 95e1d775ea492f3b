"""Who sent a request over HTTP: what they prove it by, and how that is verified."""
