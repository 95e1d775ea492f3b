"""What a composed file says about itself, where a choice was made."""

from __future__ import annotations

from handrail.scaffold.network import needs_network
from handrail.scaffold.settled import Settled

_HEAD = "What agents may do here. Begun by handrail new; yours to change."
_SERVED = {
    "stdio": "handrail client claude-code    (or another client that starts it)",
    "http": "handrail serve --http 127.0.0.1:8000",
    "docker": "handrail eject DIR    (with a Dockerfile and compose.yaml)",
    "kubernetes": "handrail eject DIR    (with a Dockerfile and manifests)",
}
_KEYS = """\
Who calls has a key. handrail key new ann --role developer makes one, and shows it once."""
_ROLES = "May do what. What a caller may not use is not even listed to them."


def comments(settled: Settled) -> dict[str, str]:
    """Comments by the table that they stand above."""
    said = {"": f"{_HEAD}\n    handrail check\n    {_SERVED[settled.runs]}"}
    if settled.auth == "keys":
        said["auth"] = _KEYS
    if settled.auth != "none":
        said["access.roles.reader"] = _ROLES
    if settled.environment or settled.credentials:
        said["secrets"] = "Their values stay out of this file, and are masked in every answer."
    if settled.state != "none":
        said["access"] = "Where budgets are counted; they outlive a restart."
        said["audit"] = "Who did what: handrail audit show, handrail audit verify."
    if settled.runs == "http":
        said["telemetry"] = "Health, metrics and the console: handrail top, handrail health."
    return said


def with_network_comments(text: str, settled: Settled) -> str:
    """The text with a word at each tool that has the network, on who keeps it to the hosts."""
    names = {draft.name for draft in settled.drafts if needs_network(draft)}
    if not settled.hosts or not names:
        return text
    import tomlkit

    document = tomlkit.parse(text)
    for tool in document["tool"]:
        if tool.get("name") in names:
            tool.value.item("network").comment("of any host: only patterns of params bound it")
    return tomlkit.dumps(document)
