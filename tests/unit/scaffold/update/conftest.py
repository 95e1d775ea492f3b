"""A project, ejected once, and a copy of it for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scaffold.update.projects import Project, copied, eject


@pytest.fixture(scope="session")
def ejected(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """What must not be changed."""
    # Configurations of clients name the folder, and would be otherwise in each copy.
    return eject(tmp_path_factory.mktemp("ejected"), "--without=clients")


@pytest.fixture
def project(ejected: Project, tmp_path: Path) -> Project:
    """A project of the test's own."""
    return copied(ejected, tmp_path)
