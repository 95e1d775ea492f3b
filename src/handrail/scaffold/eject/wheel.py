"""The wheel of the Handrail that runs, made of its own files (PEP 427)."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from importlib.resources import files
from pathlib import Path

_NAME = "handrail"
# The earliest time that a ZIP can tell: the same files always make the same wheel.
_TIME = (1980, 1, 1, 0, 0, 0)
_TAG = "py3-none-any"
_METADATA = ("METADATA", "entry_points.txt")


def wheel() -> tuple[str, bytes]:
    """The name of the wheel's file, and what is in it."""
    own = distribution(_NAME)
    stem = f"{_NAME}-{own.version}"
    info = f"{stem}.dist-info"
    content = dict(_content(own, info))
    content[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: handrail {own.version}\n"
        f"Root-Is-Purelib: true\nTag: {_TAG}\n"
    ).encode()
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in content.items())
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return f"{stem}-{_TAG}.whl", _zipped(content)


def _content(own: Distribution, info: str) -> Iterator[tuple[str, bytes]]:
    root = Path(str(files(_NAME)))
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{_NAME}/{path.relative_to(root).as_posix()}", path.read_bytes()
    for name in _METADATA:
        text = own.read_text(name)
        if text is not None:
            yield f"{info}/{name}", text.encode()
    for listed in own.files or ():
        if listed.parent.name == "licenses":
            yield f"{info}/licenses/{listed.name}", Path(str(listed.locate())).read_bytes()


def _digest(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"


def _zipped(content: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()
