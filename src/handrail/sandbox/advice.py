"""How to get a tier that does not hold here, and what even one that holds leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.sandbox.evidence import Evidence
from handrail.sandbox.landlock import LEAST_VERSION
from handrail.sandbox.means import Means
from handrail.spec.server import Tier

_NEWER_KERNEL = (
    "Use Linux 6.2 or later with Landlock switched on: `landlock` among the names in "
    "/sys/kernel/security/lsm, or lsm=landlock,… on the kernel's command line."
)
_OTHER_ENGINE = (
    "In a container, use a newer engine or runtime: old ones hide Landlock, and so does gVisor."
)
_BWRAP = (
    "Install bubblewrap: apt install bubblewrap; bwrap must belong to root or the server, and be "
    "writable to nobody else."
)
_USER_NAMESPACES = (
    "Allow user namespaces: sysctl user.max_user_namespaces=15000; on Debian before 12 also "
    "kernel.unprivileged_userns_clone=1; on Ubuntu an AppArmor profile for bwrap."
)
_CONTAINER = (
    "In a container, namespaces stay closed unless it is privileged: use the tier landlock there."
)
_SCOPES = (
    "Start the server as root, so that commands run as another user, or use Linux 6.12 or later, "
    "whose Landlock keeps signals in."
)


def advice(means: Means, evidence: Evidence) -> Iterator[str]:
    """Steps that would help, most likely first; none when the tier holds."""
    if evidence.holds:
        return
    said = " ".join(evidence.shortcomings)
    if means.tier.at_least(Tier.LANDLOCK) and means.landlock < LEAST_VERSION:
        yield _NEWER_KERNEL
        yield _OTHER_ENGINE
    if means.tier is Tier.NAMESPACES and means.bwrap is None:
        yield _BWRAP
    if "bwrap: " in said:
        yield _USER_NAMESPACES
        yield _CONTAINER
    elif "ermission" in said and means.user is not None:
        yield _reach(means)
    if "signal the server" in said:
        yield _SCOPES


def _reach(means: Means) -> str:
    return (
        f"Let {means.user} come to a Python and to TMPDIR: open the folders above them "
        "(chmod o+x), or name another user in [confinement] user."
    )


def uncovered(tier: Tier, *, why_no_cgroups: str | None) -> Iterator[str]:
    """What `tier` does not bound here; `why_no_cgroups` is None where there are cgroups."""
    if tier is Tier.NONE:
        yield "nothing is bounded but time and output"
        return
    if why_no_cgroups is not None:
        yield (
            "memory and processes are counted 20 times a second and not by the kernel, so a call "
            f"can hold more for a moment: {why_no_cgroups}"
        )
    if tier is Tier.NAMESPACES:
        yield "how much a call writes in all, but for its temporary files: `file_size` is per file"
    else:
        yield "how much a call writes in all: `file_size` is per file"
    if tier is Tier.LANDLOCK:
        yield (
            "that files outside the workspace exist, and their sizes and dates, can be seen, and "
            "the names in hidden folders (`.handrail`)"
        )
    if tier is Tier.RLIMITS:
        yield "files and the network: commands may use all that their user may"
