"""Ways to write a path that leads out of a workspace, or to what nobody may read in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.attacks.files_server import HIDDEN

CANARY = "canary-7c41"
"""In every file that must not be read, and in a name of every folder that must not be listed."""

_DOTS = [
    "../secret",
    "./../secret",
    ".//..//secret",
    "sub/../../secret",
    "sub/deep/../../../secret",
    "sub/./.././../secret",
    "../ws/../secret",
    "../ws-evil/secret",
    "../ws-evil",
    "sub/../../ws-evil/secret",
    "..",
    "../",
    "../.",
    "../..",
    "sub/../..",
    "../secret/",
    "../secret/.",
    "missing/../../secret",
    "file/../../secret",
    ".../secret",
    "....//secret",
    "..././secret",
    "..\\secret",
    "..\\..\\secret",
    "sub\\..\\..\\secret",
    "../" * 50 + "etc/passwd",
    "sub/../" * 500 + "../secret",
    "./" * 2000 + "../secret",
    "../" * 1400,
    "x" * 5000,
    "x/" * 2040 + "../" * 2041 + "secret",
]
_ABSOLUTE = [
    "{base}/secret",
    "//{base}/secret",
    "{base}/./secret",
    "{base}/ws-evil/secret",
    "{base}/ws-evil",
    "{base}",
    "{base}/ws/../secret",
    "{base}/ws/sub/../../secret",
    "{base}/ws/../ws-evil/secret",
    "{base}/ws/out",
    "/",
    "/etc/passwd",
    "///etc/passwd",
    "/./etc/../etc/passwd",
    "file:///etc/passwd",
    "file://{base}/secret",
    "file:{base}/secret",
    "handrail://files/../secret",
]
_MAGIC = [
    "/proc/self/root{base}/secret",
    "/proc/self/root/etc/passwd",
    "/proc/thread-self/root{base}/secret",
    "/proc/1/root/etc/passwd",
    "/proc/self/cwd/../secret",
    "/proc/self/cwd",
    "/proc/self/fd",
    "/proc/self/fd/0",
    "/proc/self/fd/1",
    "/proc/self/fd/3",
    "/proc/self/fd/3/../secret",
    "/proc/self/exe",
    "/proc/self/environ",
    "/proc/self/maps",
    "/proc/self/mem",
    "/dev/fd/0",
    "/dev/stdin",
    "/dev/mem",
    "proc/self/root{base}/secret",
]
# Overlong forms as bytes, and lone surrogates, are no JSON: the SDK takes no message with them.
_ENCODED = [
    "%2e%2e/secret",
    "%2e%2e%2fsecret",
    "..%2fsecret",
    "..%2Fsecret",
    "..%5csecret",
    "%2e%2e%5csecret",
    "..%252fsecret",
    "%252e%252e%252fsecret",
    "..%c0%afsecret",
    "%c0%ae%c0%ae/secret",
    "%c0%ae%c0%ae%c0%afsecret",
    "..%e0%80%afsecret",
    "..%ef%bc%8fsecret",
    "..%00/secret",
    "..%u2215secret",
    "%uff0e%uff0e/secret",
    "&#46;&#46;/secret",
    "\\u002e\\u002e/secret",
    "\\x2e\\x2e/secret",
    "=2E=2E/secret",
]
_LOOK_ALIKE = [
    "\uff0e\uff0e/secret",
    "\u2024\u2024/secret",
    "\u2025/secret",
    "\u2026/secret",
    "\ufe52\ufe52/secret",
    "\u3002\u3002/secret",
    "\u0701\u0701/secret",
    "..\uff0fsecret",
    "..\u2215secret",
    "..\u2044secret",
    "..\u29f8secret",
    "..\u2571secret",
    "..\uff3csecret",
    "..\u200b/secret",
    "\u200b../secret",
    ".\u00ad./secret",
    "..\u2060/secret",
    "\ufeff../secret",
    "\u202e../secret",
    "..\ufe0f/secret",
]
_CONTROL = [
    "..\0/secret",
    "../secret\0.txt",
    "file\0/../../secret",
    "..\n/secret",
    "\n../secret",
    "../secret\n",
    "\r../secret",
    "..\t/secret",
    "\x1b[2K../secret",
    "\x08\x08../secret",
    ".. /secret",
    " ../secret",
    "../secret ",
    "../ secret",
    "../secret.",
    "../secret::$DATA",
    "..;/secret",
]
_SHELL = [
    "~/secret",
    "~",
    "~root/.profile",
    "~/../secret",
    "$HOME/secret",
    "${{HOME}}/secret",
    "$PWD/../secret",
    "$(pwd)/../secret",
    "`pwd`/../secret",
    "%USERPROFILE%/secret",
    "{{sub,..}}/secret",
    "../*",
    "../s?cret",
    "../[s]ecret",
    "-",
    "--help",
    "@../secret",
    "sub;cat ../secret",
    "sub|../secret",
]
_LINKS = {
    "out": "../secret",
    "out_dots": "./.././secret",
    "out_back": "../ws/../secret",
    "up": "..",
    "evil": "../ws-evil",
    "out_absolute": "{base}/secret",
    "up_absolute": "{base}",
    "inside_absolute": "{base}/ws/file",
    "inside_out": "{base}/ws/sub/../../secret",
    "root": "/",
    "magic_root": "/proc/self/root",
    "magic_cwd": "/proc/self/cwd",
    "magic_fd": "/proc/self/fd",
    "dangling": "../missing",
    "chain": "chained",
    "chained": "sub/link",
    "sub/link": "../../secret",
    "sub/up": "..",
    "sub/higher": "../..",
    "loop": "loop",
    "ping": "pong",
    "pong": "ping",
    "1": "out",
    **{str(number): str(number - 1) for number in range(2, 46)},
    "newline\nlink": "../secret",
    "to_hidden": HIDDEN,
    "to_ours": ".handrail",
    "sub/to_ours": "../.handrail/keys.json",
}
"""By name, in the workspace."""
_THROUGH_LINKS = [
    *(name for name in _LINKS if not name.isdigit()),
    "39",
    "40",
    "45",
    "out/",
    "out/.",
    "out/..",
    "up/",
    "up/secret",
    "up/ws-evil/secret",
    "up/ws/../secret",
    "up/ws/out",
    "up/../secret",
    "up_absolute/secret",
    "up_absolute/ws/../secret",
    "evil/secret",
    "evil/../secret",
    "root{base}/secret",
    "root/etc/passwd",
    "root/proc/self/cwd/../secret",
    "magic_root{base}/secret",
    "magic_cwd/../secret",
    "magic_fd/0",
    "sub/up/../secret",
    "sub/up/out",
    "sub/higher/secret",
    "sub/up/sub/up/sub/up/../secret",
    "loop/../../secret",
]
_HIDDEN = [
    HIDDEN,
    f"./{HIDDEN}",
    f"sub/../{HIDDEN}",
    f"{HIDDEN}/",
    f"{{base}}/ws/{HIDDEN}",
    "hard",
    "sub/hard",
    ".handrail",
    ".handrail/keys.json",
    ".handrail//keys.json",
    ".handrail/./keys.json",
    "sub/../.handrail/keys.json",
    ".handrail/../.handrail/keys.json",
    "{base}/ws/.handrail/keys.json",
    "sub/.handrail/keys.json",
    "sub/.HANDRAIL",
    "sub/.HANDRAIL/keys.json",
    ".Handrail/keys.json",
    ".handrail./keys.json",
    ".handrail /keys.json",
    ".hand\u200brail/keys.json",
    "to_ours/keys.json",
    "sub/up/.handrail/keys.json",
]
_WRITTEN = [
    *_DOTS,
    *_ABSOLUTE,
    *_MAGIC,
    *_ENCODED,
    *_LOOK_ALIKE,
    *_CONTROL,
    *_SHELL,
    *_THROUGH_LINKS,
    *_HIDDEN,
    "",
    ".",
]


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder that holds the workspace `ws`, and round about what must not be read."""

    base: Path

    @property
    def workspace(self) -> Path:
        """What tools see."""
        return self.base / "ws"

    @property
    def forms(self) -> list[str]:
        """Every path to try."""
        return list(dict.fromkeys(form.format(base=self.base) for form in _WRITTEN))

    @property
    def outside(self) -> dict[str, bytes]:
        """Every file outside the workspace, with its content."""
        kept = (path for path in self._around() if path.is_file() and path.name != "stderr")
        return {str(path): path.read_bytes() for path in kept}

    def plant(self) -> None:
        """Put everything in its place."""
        for folder in ("ws/sub/deep", "ws/sub/.handrail", "ws/sub/.HANDRAIL", "ws-evil"):
            (self.base / folder).mkdir(parents=True)
        (self.workspace / ".handrail").mkdir()
        (self.workspace / "file").write_text("harmless\n")
        for name in ("secret", "ws-evil/secret", f"ws-evil/{CANARY}", f"{CANARY}.txt"):
            (self.base / name).write_text(f"{CANARY}\n")
        for name in (
            HIDDEN,
            ".handrail/keys.json",
            "sub/.handrail/keys.json",
            "sub/.HANDRAIL/keys.json",
        ):
            (self.workspace / name).write_text(f"{CANARY}\n")
        (self.workspace / ".handrail" / CANARY).touch()
        for name in ("hard", "sub/hard"):
            (self.workspace / name).hardlink_to(self.workspace / HIDDEN)
        for name, target in _LINKS.items():
            (self.workspace / name).symlink_to(target.format(base=self.base))

    def leak_unguarded(self) -> int:
        """How many of the forms lead whoever just opens them to what must not be read."""
        return sum(self._leaks(form) for form in self.forms)

    def _leaks(self, form: str) -> bool:
        path = self.workspace / form
        try:
            return path.is_file() and CANARY in path.read_text()
        except (OSError, ValueError):
            return False

    def _around(self) -> list[Path]:
        return [self.base, *self.base.glob("*"), *(self.base / "ws-evil").rglob("*")]
