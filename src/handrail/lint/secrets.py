"""E3xx: secrets and environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Severity
from handrail.lint.auth import secrets_used
from handrail.spec.server import SecretSpec, ServerSpec
from handrail.spec.suggest import closest
from handrail.spec.tool import SecretRef, ToolSpec


def judge_secrets(spec: ServerSpec) -> Iterator[Finding]:
    """Judge every declared secret, and every variable that tools set."""
    used: set[str | None] = {
        name if name in spec.secrets else closest(name, spec.secrets) for name in secrets_used(spec)
    }
    for index, tool in enumerate(spec.tools):
        names = [value.secret for value in tool.env.values() if isinstance(value, SecretRef)]
        # A misspelt mention is one mistake, not two.
        used |= {name if name in spec.secrets else closest(name, spec.secrets) for name in names}
        yield from _variables(index, tool, spec)
    for name, secret in spec.secrets.items():
        yield from _source(name, secret)
        if name not in used:
            at, message = ("secrets", name), f"secret {name} is never used"
            yield Finding(at, "E303", message, None, Severity.WARNING, on_key=True)


def _source(name: str, secret: SecretSpec) -> Iterator[Finding]:
    if secret.env is None and secret.file is None:
        message = f"secret {name} has no source"
        hint = f'Write {name} = {{ env = "{name}" }} or {{ file = "/run/secrets/…" }}.'
        yield Finding(("secrets", name), "E302", message, hint)
    elif secret.env is not None and secret.file is not None:
        yield Finding(("secrets", name, "file"), "E302", f"secret {name} has both env and file")


def _variables(index: int, tool: ToolSpec, spec: ServerSpec) -> Iterator[Finding]:
    for variable, value in tool.env.items():
        at = ("tool", index, "env", variable)
        if isinstance(value, SecretRef):
            if value.secret not in spec.secrets:
                meant = closest(value.secret, spec.secrets)
                hint = f'Did you mean "{meant}"?' if meant else "Declare it in [secrets]."
                message = f'env.{variable} refers to secret "{value.secret}", which is not declared'
                yield Finding((*at, "secret"), "E301", message, hint)
        elif "\0" in value:
            yield Finding(at, "E306", f"env.{variable} holds a NUL character")
        elif "${" in value:
            message = f"env.{variable}: ${{…}} is not replaced in env"
            hint = f'Declare a secret for it and write {variable} = {{ secret = "NAME" }}.'
            yield Finding(at, "E307", message, hint, Severity.WARNING)
