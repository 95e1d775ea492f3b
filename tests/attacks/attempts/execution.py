# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Run what nobody declared: from the workspace, from memory, by way of those who may be run."""

import ctypes
import mmap
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt, checked, libc, nothing

OUT = TARGETS["folder"]
TRUE = "/bin/true"
CAT = "/bin/cat"
LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
LOADER = next(path for path in LOADERS if os.path.exists(path))
AT_EMPTY_PATH = 0x1000
# Does nothing but return, on x86-64 and on aarch64.
RETURN = {"x86_64": b"\xc3", "aarch64": b"\xc0\x03\x5f\xd6"}[os.uname().machine]


def run(*argv, **more):
    """Raises `OSError` when it cannot be run, or fails."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False, **more)
    if done.returncode:
        raise OSError(1, "failed", f"{done.returncode} {done.stderr.decode()[-100:]}")
    return f"{argv[0]} ran"


def put(name, content=None):
    """An executable file in the workspace: a copy of `true`, or this text."""
    if content is None:
        shutil.copyfile(TRUE, name)
    else:
        with open(name, "w") as file:
            file.write(content)
    os.chmod(name, 0o755)
    return os.path.abspath(name)


def copied(descriptor):
    """The same program behind a descriptor."""
    with open(TRUE, "rb") as file:
        os.write(descriptor, file.read())
    return descriptor


def called(address):
    """Call the code at an address."""
    ctypes.CFUNCTYPE(None)(address)()
    return "the code ran"


def libraries():
    """The libraries that this process has mapped."""
    with open("/proc/self/maps") as maps:
        return [line.split()[-1] for line in maps if "/libm.so" in line or "/libc.so" in line]


attempt("a program of the system")(lambda: run(TRUE))
attempt("a program in the workspace")(lambda: run(put("a-program")))
attempt("a script in the workspace")(lambda: run(put("a-script", "#!/bin/sh\nexit 0\n")))
attempt("a program outside of the workspace")(lambda: run(f"{OUT}/program", "/dev/null"))
attempt("a program in the temporary folder")(
    lambda: run(put(os.path.join(os.environ.get("TMPDIR", "/tmp"), f"p{os.getpid()}")))
)
attempt("a program in /dev/shm")(lambda: run(put(f"/dev/shm/canary-{TARGETS['left']}")))
attempt("a program in the workspace, by the loader")(lambda: run(LOADER, put("for-the-loader")))
attempt("a script in the workspace, by its interpreter")(
    lambda: run("/bin/sh", put("for-the-shell", "exit 0\n"))
)
attempt("Python from the workspace, by its interpreter")(
    lambda: run("/usr/bin/python3", "-I", "-S", put("for-python", "raise SystemExit(0)\n"))
)


@attempt("a program in memory")
def _():
    program = copied(os.memfd_create("program", 0))
    return run(f"/proc/self/fd/{program}", pass_fds=[program])


@attempt("a program in memory, by fexecve")
def _():
    program = copied(os.memfd_create("program", os.MFD_CLOEXEC))
    child = os.fork()
    if child == 0:
        try:
            os.execve(program, ["program"], {})
        finally:
            os._exit(126)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status == 0 or nothing(f"exit {status}")


@attempt("a program without a name in the workspace")
def _():
    # Reopened, since a file that is open to write cannot be run.
    unnamed = copied(os.open(".", os.O_TMPFILE | os.O_RDWR, 0o700))
    program = os.open(f"/proc/self/fd/{unnamed}", os.O_RDONLY)
    os.close(unnamed)
    return run(f"/proc/self/fd/{program}", pass_fds=[program])


@attempt("a library of the workspace, preloaded")
def _():
    library = put("a-library.so")
    shutil.copyfile(os.path.realpath(next(iter(libraries()))), library)
    done = subprocess.run(
        [CAT, "/proc/self/maps"],
        env={"LD_PRELOAD": library},
        capture_output=True,
        text=True,
        check=True,
    )
    return "it was mapped" if library in done.stdout else nothing(done.stderr[-100:])


@attempt("code of a file in the workspace, mapped")
def _():
    path = put("code", "")
    with open(path, "wb") as file:
        file.write(RETURN.ljust(4096, b"\0"))
    with open(path, "rb") as file:
        page = checked(
            libc.mmap(
                None, 4096, mmap.PROT_READ | mmap.PROT_EXEC, mmap.MAP_PRIVATE, file.fileno(), 0
            ),
            "mmap",
        )
    return called(page)


@attempt("code that was written in memory")
def _():
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(RETURN)
    return called(ctypes.addressof(ctypes.c_char.from_buffer(page)))
