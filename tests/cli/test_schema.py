"""`handrail schema`: a JSON Schema on stdout, and nothing else."""

import json

import pytest

from handrail.cli.main import run
from handrail.spec.schema import build_schema


def test_the_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == build_schema()
    assert err == ""
