"""The manifests for Kubernetes: they fit the image, and the strictest Pod Security."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # it has no types
import pytest
from ruamel.yaml import YAML

from handrail.lint.lint import lint
from handrail.spec.load import read

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "k8s"


def objects() -> list[dict[str, Any]]:
    """Every object."""
    files = YAML(typ="safe").load(FOLDER / "kustomization.yaml")["resources"]
    return [one for name in files for one in YAML(typ="safe").load_all(FOLDER / name)]


def manifests() -> dict[str, Any]:
    """Every object, by its kind; of several, the last."""
    return {one["kind"]: one for one in objects()}


def test_every_manifest_is_named() -> None:
    named = set(YAML(typ="safe").load(FOLDER / "kustomization.yaml")["resources"])
    assert named == {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}


@pytest.mark.parametrize("version", ["1.28", kubernetes_validate.latest_version()])
def test_they_are_what_kubernetes_takes(version: str) -> None:
    for one in objects():
        kubernetes_validate.validate(one, version, strict=True)


def test_a_key_that_kubernetes_does_not_know_is_a_fault() -> None:
    budget = manifests()["PodDisruptionBudget"]
    budget["spec"]["maxUnavailabel"] = budget["spec"].pop("maxUnavailable")
    with pytest.raises(kubernetes_validate.ValidationError, match="maxUnavailabel"):
        kubernetes_validate.validate(budget, "1.28", strict=True)


def test_the_server_file_in_it_has_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "handrail.toml"
    file.write_text(manifests()["ConfigMap"]["data"]["handrail.toml"])
    reading = read(file, {"WORKSPACE": str(tmp_path)})
    assert [str(one) for one in reading.judge(lint)] == []


def test_the_pod_satisfies_restricted_pod_security() -> None:
    pod = manifests()["StatefulSet"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert pod["automountServiceAccountToken"] is False


def test_it_fits_the_image() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    pod = manifests()["StatefulSet"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert str(pod["securityContext"]["runAsUser"]) in dockerfile
    ports = {str(port["containerPort"]) for port in container["ports"]}
    (exposed,) = re.findall(r"^EXPOSE (.*)$", dockerfile, re.MULTILINE)
    assert ports == set(exposed.split())
    places = {mount["mountPath"] for mount in container["volumeMounts"]} - {
        "/tmp"
    }  # in the container
    assert all(place in dockerfile for place in places)
    drain = int(container["args"][container["args"].index("--drain") + 1])
    assert pod["terminationGracePeriodSeconds"] > drain
