"""What every program gets: the system's own programs and libraries, and how they are set up.

Of /etc only what programs ask for in passing. Never what may hold a credential: passwords,
keys, the settings of package managers, variables of the whole machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from handrail.plan.runtimes.runtime import Runtime, exists, join

_TREES = tuple(
    Path("/", name) for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
)
"""Where the system keeps its programs and libraries. Often links into the first of them."""

SYSTEM_TREES = (*_TREES, Path("/etc/alternatives"))
"""Where no program needs to be given anything."""

_LIBRARIES = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld-musl-*.path", "ld.so.preload")
_PEOPLE = ("passwd", "group", "login.defs", "nsswitch.conf", "shells")
_PLACE = ("localtime", "timezone", "locale*", "default/locale", "hostname", "machine-info")
_RELEASE = ("os-release", "lsb-release", "*-release", "debian_version", "alpine-release")
_NETWORK = (
    *("hosts", "resolv.conf", "host.conf", "gai.conf", "services", "protocols", "networks"),
    *("ethertypes", "rpc", "netconfig"),
)
_TRUST = (
    *("ssl/certs", "ssl/cert.pem", "ssl/openssl.cnf", "ssl/ca-bundle.pem", "ca-certificates*"),
    *("pki/tls/certs", "pki/tls/cert.pem", "pki/tls/openssl.cnf", "pki/tls/ct_log_list.cnf"),
    *("pki/ca-trust/extracted", "pki/java", "crypto-policies", "gnutls/config"),
)
_FORMATS = ("mime.types", "magic", "magic.mime", "fonts", "terminfo", "xml", "sgml", "papersize")
_PROGRAMS = (
    *("alternatives", "gitconfig", "inputrc", "profile", "profile.d", "bash.bashrc", "zsh*"),
    *("java*", ".java", "python*", "perl", "ruby*", "ImageMagick-*", "ghostscript"),
    *("php/*/cli", "php/*/mods-available"),
    *("maven/m2.conf", "maven/logging", "postgresql-common/user_clusters"),
    *("postgresql-common/supported_versions", "vim", "groff", "glvnd", "OpenCL", "vulkan"),
)
_ETC = (
    *(*_LIBRARIES, *_PEOPLE, *_PLACE, *_RELEASE, *_NETWORK),
    *(*_TRUST, *_FORMATS, *_PROGRAMS),
)
_ELSEWHERE = (
    Path("/var/lib/ca-certificates"),  # where SUSE's /etc/ssl leads
    # How many processors and how much memory there are: thread pools and heaps follow it.
    Path("/sys/devices/system/cpu"),
    Path("/sys/devices/system/node"),
    Path("/sys/fs/cgroup"),
    Path("/sys/kernel/mm/hugepages"),
    Path("/sys/kernel/mm/transparent_hugepage"),
)
_CACHES = ("XDG_CACHE_HOME", "$TMPDIR/cache")


def system() -> Runtime:
    """What every program gets, as far as this machine has it."""
    settings = (path for pattern in _ETC for path in Path("/etc").glob(pattern))
    found = Runtime(
        name="system",
        readable=(*settings, *_ELSEWHERE, *_library_folders()),
        executable=_TREES,
        env=(_CACHES,),
    )
    return join("system", [found], besides=())


def is_of_system(path: Path) -> bool:
    """Whether every program gets `path` already, by this name."""
    return any(path.is_relative_to(tree) for tree in SYSTEM_TREES)


def _library_folders() -> Iterator[Path]:
    """The folders of libraries that this machine's owner added (ldconfig(8))."""
    for file in Path("/etc").glob("ld.so.conf.d/*.conf"):
        try:
            lines = file.read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        for folder in (Path(line.strip()) for line in lines if line.startswith("/")):
            if folder.parent != folder and not is_of_system(folder) and exists(folder):
                yield folder
