"""What some programs are, with or without a profile."""

from __future__ import annotations

SHELLS = frozenset(
    [
        "sh",
        "bash",
        "dash",
        "ash",
        "zsh",
        "ksh",
        "mksh",
        "fish",
        "csh",
        "tcsh",
        "busybox",
        "toybox",
        "pwsh",
        "nu",
        "xonsh",
        "elvish",
    ]
)
"""Their argument is a program."""
RAISERS = frozenset(["sudo", "su", "doas", "pkexec", "runuser", "gosu"])
"""They start a program as somebody else."""
REMOTE = frozenset(["ssh", "mosh", "rsh"])
"""They start a program on another machine, where nothing is confined."""
WRAPPERS = frozenset(
    [
        "env",
        "xargs",
        "nice",
        "ionice",
        "chrt",
        "nohup",
        "timeout",
        "setsid",
        "stdbuf",
        "time",
        "watch",
        "parallel",
        "script",
        "unbuffer",
        "expect",
        "flock",
        "chroot",
        "unshare",
        "nsenter",
        "strace",
        "ltrace",
        "entr",
        "systemd-run",
    ]
)
"""They start the program that their arguments name."""
INTERPRETERS = frozenset(
    [
        "python",
        "node",
        "nodejs",
        "deno",
        "bun",
        "perl",
        "ruby",
        "php",
        "lua",
        "Rscript",
        "osascript",
    ]
)
"""They run what a file, `-c` or their input says."""

FILTERS = frozenset({"jq", "yq", "gojq"})
"""Their profiles read every operand as a path; the first one is a filter."""
IN_PLACE = ("-i", "--in-place", "-w", "--write", "--fix", "--overwrite")
"""How options begin that make programs write what they read."""
SCRIPTS = (".py", ".js", ".mjs", ".ts", ".rb", ".pl", ".php", ".lua", ".sh")
"""How names of files of code end."""

CONFIGURATION = {
    "ansible-playbook": "ansible.cfg",
    "bazel": "BUILD files",
    "bundle": "Gemfile",
    "cargo": "build.rs and .cargo/config.toml",
    "cmake": "CMakeLists.txt",
    "composer": "composer.json",
    "eslint": "eslint.config.js",
    "gdb": ".gdbinit",
    "go": "Go files",
    "gradle": "build.gradle",
    "gradlew": "build.gradle",
    "jest": "jest.config.js",
    "just": "justfile",
    "make": "Makefile",
    "gmake": "Makefile",
    "meson": "meson.build",
    "mvn": "pom.xml",
    "mypy": "plugins of mypy.ini",
    "ninja": "build.ninja",
    "nox": "noxfile.py",
    "npm": "package.json",
    "npx": "package.json",
    "pip": "setup.py",
    "pnpm": "package.json",
    "poetry": "pyproject.toml",
    "pre-commit": ".pre-commit-config.yaml",
    "prettier": "plugins of .prettierrc",
    "py.test": "conftest.py",
    "pytest": "conftest.py",
    "rake": "Rakefile",
    "rspec": ".rspec",
    "scons": "SConstruct",
    "terraform": "providers of *.tf",
    "tox": "tox.ini",
    "tsx": "TypeScript files",
    "uv": "pyproject.toml",
    "vite": "vite.config.js",
    "vitest": "vitest.config.js",
    "webpack": "webpack.config.js",
    "yarn": "package.json",
}
"""Programs that run code which they find in the workspace, and where they find it."""
