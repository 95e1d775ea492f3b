"""A small repository of the usual shape, for ordinary commands to work on."""

from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

FILES = {
    "README.md": "# Sample\n\nA sample project. TODO: say more.\n",
    "data.tsv": "name\tcount\nada\t3\ngrace\t120\nlinus\t7\n",
    "data.csv": "name,count\nada,3\ngrace,120\nlinus,7\n",
    "data.json": json.dumps({"items": [{"id": 1, "name": "ada"}, {"id": 2, "name": "grace"}]}),
    "src/app.py": "import sys\n\n\ndef main():\n    print('hello', sys.argv)\n\n\nmain()\n",
    "src/lib/util.py": "def twice(n):\n    # TODO: faster\n    return 2 * n\n",
    "tests/test_app.py": "def test_one():\n    assert 1 + 1 == 2\n",
    "docs/guide.md": "# Guide\n\nHow to use it.\n",
    "Makefile": "all:\n\techo all\ntest:\n\techo test\nlint:\n\techo lint\nclean:\n\trm -f *.o\n",
    "package.json": '{"name": "sample", "version": "1.0.0", "scripts": {"test": "echo ok"}}\n',
    "pyproject.toml": '[project]\nname = "sample"\nversion = "1.0"\n',
    "setup.cfg": "[metadata]\nname = sample\n",
    "logs/app.log": "".join(
        f"2026-01-0{day} {level} message {day}\n"
        for day in range(1, 10)
        for level in ("INFO", "ERROR")
    ),
}


def make_repository(at: Path) -> None:
    """Make it in the empty folder `at`: two commits, a branch `topic`, a tag `v1.0`."""
    for name, text in FILES.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_text(text)
    (at / "image.png").write_bytes(_png())
    with sqlite3.connect(at / "app.db") as base:
        base.execute("create table people (name text, count integer)")
        base.execute("insert into people values ('ada', 3)")
    base.close()
    with tarfile.open(at / "archive.tar.gz", "w:gz") as archive:
        archive.add(at / "docs", "docs")
    with zipfile.ZipFile(at / "archive.zip", "w") as zipped:
        zipped.write(at / "README.md", "README.md")
    _git(at, "init", "--quiet", "--initial-branch=main")
    _git(at, "add", "--all")
    _commit(at, "Begin")
    _git(at, "tag", "v1.0")
    (at / "src" / "app.py").write_text(FILES["src/app.py"] + "main()\n")
    _commit(at, "Call it twice", "--all")
    _git(at, "branch", "topic")


def _commit(at: Path, message: str, *options: str) -> None:
    _git(at, "commit", "--quiet", f"--message={message}", *options)


def _git(at: Path, *words: str) -> None:
    who = {"NAME": "Ada", "EMAIL": "ada@example.com", "DATE": "2026-01-01T00:00:00Z"}
    env = {
        f"GIT_{role}_{key}": text for role in ("AUTHOR", "COMMITTER") for key, text in who.items()
    }
    env |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(at), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *words], cwd=at, env=env, check=True, stdin=subprocess.DEVNULL)


def _png() -> bytes:
    """One grey pixel."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    found = b"\x89PNG\r\n\x1a\n"
    for kind, data in chunks:
        found += struct.pack(">I", len(data)) + kind + data
        found += struct.pack(">I", zlib.crc32(kind + data))
    return found
