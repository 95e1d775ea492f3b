"""PLANNED: a tool and its arguments become a `Plan`; nothing is started."""
