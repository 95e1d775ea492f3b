"""METERED: how much may happen at once."""
