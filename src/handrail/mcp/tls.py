"""The certificate of a server, tried before anything is served."""

from __future__ import annotations

import ssl
from pathlib import Path

from handrail.errors import UsageError
from handrail.spec.http import TlsTable


def certified(table: TlsTable | None, folder: Path) -> dict[str, Path]:
    """What uvicorn is told of the certificate; nothing when connections are in the clear.

    Paths are relative to `folder`. Raises `UsageError` when there is no such pair.
    """
    if table is None:
        return {}
    certificate, private_key = folder / table.certificate, folder / table.private_key
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, private_key)
    except ssl.SSLError:
        raise UsageError(
            f"{table.certificate} and {table.private_key} are no certificate and its key",
            hint="Both are PEM; the certificate comes first in its file, and the key has no "
            "password.",
        ) from None
    except OSError as error:
        raise UsageError(
            f"cannot read {table.certificate} and {table.private_key}: {error.strerror}",
            hint="Paths in http.tls are relative to the server file.",
        ) from None
    return {"ssl_certfile": certificate, "ssl_keyfile": private_key}
