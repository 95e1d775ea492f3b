"""Requests piped into a server on stdio are all answered, and nothing else comes out."""

from __future__ import annotations

import subprocess

import pytest

from tests.served.raw import Mode, converse, lines, opening, request, stdio_process, tool_call
from tests.served.site import Site

both_protocols = pytest.mark.parametrize("mode", ["auto", "legacy"])


@both_protocols
def test_every_request_is_answered_before_the_server_exits(site: Site, mode: Mode) -> None:
    calls = [tool_call(number, "end", mode) for number in range(1, 51)]
    said, code = converse(site, [*opening(mode), *calls])

    assert code == 0
    assert sorted(message["id"] for message in said) == list(range(51))
    answers = [message["result"] for message in said if message["id"] > 0]
    assert [answer["structuredContent"]["ok"] for answer in answers] == [True] * 50


@both_protocols
def test_a_last_line_without_its_end_is_a_request_too(site: Site, mode: Mode) -> None:
    piped = lines([*opening(mode), tool_call(1, "end", mode)]).removesuffix(b"\n")
    with stdio_process(site) as process:
        out, _ = process.communicate(piped, timeout=20)

    assert out.count(b"\n") == 2
    assert process.returncode == 0


@both_protocols
def test_a_call_that_takes_longer_is_stopped_and_answered(site: Site, mode: Mode) -> None:
    said, code = converse(site, [*opening(mode), tool_call(1, "linger", mode, seconds=600)])

    assert code == 0
    assert [message["id"] for message in said] == [0, 1]
    assert said[1]["result"]["structuredContent"]["ending"] == {"kind": "cancelled"}


@both_protocols
def test_what_is_no_message_is_answered_or_passed_over(site: Site, mode: Mode) -> None:
    with stdio_process(site) as process:
        begin, end = lines(opening(mode)), lines([request(9, "tools/list", mode)])
        out, _ = process.communicate(begin + b'{"not": \n[]\n\xff\xfe\n' + end, timeout=20)

    assert b'"id":9,"result"' in out
    assert process.returncode == 0


def test_an_empty_input_ends_the_server_at_once(site: Site) -> None:
    said, code = converse(site, [])

    assert (said, code) == ([], 0)


# Runs the module that it is given, until that looks for another machine.
WITHOUT_NETWORK = """
import os, runpy, socket, sys

def refuse(event, values):
    connects = event in ("socket.connect", "socket.sendto") and values[0].family != socket.AF_UNIX
    if connects or event == "socket.getaddrinfo":
        os.write(2, f"{event} {values}".encode())
        os._exit(99)

sys.addaudithook(refuse)
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


@both_protocols
def test_a_server_never_looks_for_another_machine(site: Site, mode: Mode) -> None:
    python, _, module, *arguments = site.command()
    served = subprocess.run(
        [python, "-c", WITHOUT_NETWORK, module, *arguments],
        input=lines([*opening(mode), tool_call(1, "end", mode)]),
        env=site.environment,
        capture_output=True,
        timeout=30,
        check=True,
    )

    assert b'"ok":true' in served.stdout
