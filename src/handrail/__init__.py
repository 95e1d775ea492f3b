"""Handrail: a declaration of what agents may do becomes a production MCP server."""

import sys

if sys.platform == "linux":  # elsewhere only the command line, to say that it cannot run
    from handrail.call import Line
    from handrail.diagnostic import Diagnostic
    from handrail.errors import CallError, HandrailError, SpecError, UsageError
    from handrail.opening import open_line
    from handrail.plan.host import Host, survey
    from handrail.process.outcome import Ending, Outcome
    from handrail.request import Call
    from handrail.spec.load import load
    from handrail.spec.server import ServerSpec

__all__ = [
    "Call",
    "CallError",
    "Diagnostic",
    "Ending",
    "HandrailError",
    "Host",
    "Line",
    "Outcome",
    "ServerSpec",
    "SpecError",
    "UsageError",
    "load",
    "open_line",
    "survey",
]
