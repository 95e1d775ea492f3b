"""CHECKED: rules over a loaded server file that its shape alone cannot express."""
