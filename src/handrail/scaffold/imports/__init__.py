"""Tools that are drafted from what others wrote: help pages, Makefiles, descriptions of APIs."""
