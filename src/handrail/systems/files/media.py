"""What a file holds, by what it begins with: never by its name."""

from __future__ import annotations

from handrail.systems.files.encoding import is_utf8, marked

HEAD_BYTES = 8192
"""How much of a file is looked at."""
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\0asm", "application/wasm"),
)
_IN_RIFF = (b"WEBP", b"WAVE")


def media_type(head: bytes, *, ends: bool) -> str | None:
    """The media type of what begins with `head`; None when it is neither text nor known.

    `ends` says that this is all of it. What is text without doubt is never something else, by
    whatever letters it begins: a note may begin with `ID3`.
    """
    if marked(head) is not None:
        return TEXT
    has_nul = b"\0" in head
    if not has_nul and is_utf8(head, ends=ends):
        return TEXT
    for offset, signature, name in _SIGNATURES:
        if head.startswith(signature, offset) and _is_framed(head, signature):
            return name
    return UNKNOWN if has_nul else None


def _is_framed(head: bytes, signature: bytes) -> bool:
    return signature not in _IN_RIFF or head.startswith(b"RIFF")
