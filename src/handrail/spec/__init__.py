"""DECLARED: the server file as frozen, typed models; `load` is its only reader."""
