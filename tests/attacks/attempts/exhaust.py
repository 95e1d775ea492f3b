# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Take all there is of something, and say on stdout how much it was: `exhaust.py WHAT [WORD]`."""

import os
import resource
import signal
import sys
import time

MIB = 1 << 20
# Bounds on the harm to a machine that does not stop us.
PROCESSES, STORM, FILES, DESCRIPTORS = 300, 300, 2000, 20_000
MEMORY_BYTES, FILE_BYTES = 2 << 30, 2 << 30
LIFETIME_SECONDS = 60


def say(count):
    print(count, flush=True)


def memory():
    """2 GiB in one process, every page of it."""
    held = []
    while len(held) * 64 * MIB < MEMORY_BYTES:
        held.append(b"\1" * (64 * MIB))
    say(len(held) * 64 * MIB)
    time.sleep(LIFETIME_SECONDS)


def memory_of_many():
    """2 GiB in 16 processes, none of which is large."""
    for _ in range(16):
        if os.fork() == 0:
            held = b"\1" * (MEMORY_BYTES // 16)
            time.sleep(LIFETIME_SECONDS)
            os._exit(held[0])
    time.sleep(LIFETIME_SECONDS)


def processes():
    """As many children at once as there can be."""
    children = 0
    try:
        while children < PROCESSES:
            if os.fork() == 0:
                time.sleep(LIFETIME_SECONDS)
                os._exit(0)
            children += 1
    finally:
        say(children)
    time.sleep(LIFETIME_SECONDS)


def storm():
    """Daemons, deaf to SIGTERM, that leave their session and their parent as fast as they come."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(STORM):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv("/bin/sleep", ["sleep", sys.argv[2]])
            os._exit(0)
        os.wait()
    say(STORM)


def processor():
    """For ever."""
    while True:
        pass


def processor_deafly():
    """The same, but deaf to the warning."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    processor()


def file():
    """One huge file; only its last byte is there."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # which Python ignores
    descriptor = os.open("huge", os.O_WRONLY | os.O_CREAT)
    os.pwrite(descriptor, b"x", FILE_BYTES - 1)
    say(os.fstat(descriptor).st_size)


def file_by_pieces():
    """One huge file, written until no more of it can be."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    say(filled("pieces"))


def temporary_files():
    """Many files, each within bounds, in the folder for temporary files."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    names = [os.path.join(os.environ["TMPDIR"], f"pieces-{number}") for number in range(4)]
    say(sum(filled(name) for name in names))


def filled(name):
    """The bytes that went into a new file."""
    written = 0
    try:
        with open(name, "wb", buffering=0) as file:
            while written < FILE_BYTES:
                written += file.write(bytes(MIB))
    except OSError:
        pass
    return written


def files():
    """Many small files."""
    made = 0
    try:
        while made < FILES:
            with open(f"small-{made}", "w") as small:
                small.write("x")
            made += 1
    finally:
        say(made)


def descriptors():
    """As many open files as there can be."""
    opened = 0
    try:
        while opened < DESCRIPTORS:
            os.dup(0)
            opened += 1
    except OSError:
        say(opened)


def limits():
    """Higher limits: of each, whether it could be raised by the least."""
    for name in ("NOFILE", "FSIZE", "CPU", "CORE"):
        limit = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(limit)
        try:
            resource.setrlimit(limit, (hard + 1, hard + 1))
        except ValueError:
            continue
        say(name)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
