"""The record of every call, chained so that nothing can be changed, removed or added unseen."""
