"""Every rule over a spec. Pure: the machine is looked at elsewhere."""

from __future__ import annotations

from handrail.diagnostic import Finding
from handrail.lint.access import judge_access
from handrail.lint.auth import judge_auth
from handrail.lint.confinement import judge_confinement
from handrail.lint.endings import judge_endings
from handrail.lint.examples import judge_examples
from handrail.lint.kinds import judge_kinds
from handrail.lint.names import judge_names
from handrail.lint.params import judge_params
from handrail.lint.paths import judge_paths
from handrail.lint.placeholders import judge_placeholders
from handrail.lint.rules import judge_rules
from handrail.lint.secrets import judge_secrets
from handrail.lint.silence import judge_allowances
from handrail.spec.load import Rule
from handrail.spec.server import ServerSpec

RULES: tuple[Rule, ...] = (
    judge_names,
    judge_kinds,
    judge_params,
    judge_placeholders,
    judge_secrets,
    judge_auth,
    judge_access,
    judge_paths,
    judge_endings,
    judge_confinement,
    judge_examples,
    judge_rules,
    judge_allowances,
)


def lint(spec: ServerSpec) -> list[Finding]:
    """Everything that is wrong with what `spec` means, in no particular order."""
    return [finding for rule in RULES for finding in rule(spec)]
