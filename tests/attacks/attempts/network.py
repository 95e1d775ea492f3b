# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Speak to anyone."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt

STREAMS = {
    "tcp4": socket.AF_INET,
    "tcp6": socket.AF_INET6,
    "unix_stream": socket.AF_UNIX,
}
DATAGRAMS = {
    "udp4": socket.AF_INET,
    "udp6": socket.AF_INET6,
    "unix_datagram": socket.AF_UNIX,
}


def address(name):
    target = TARGETS[name]
    return target if isinstance(target, str) else tuple(target)


def connect(family, kind, target):
    with socket.socket(family, kind) as sock:
        sock.connect(target)
        sock.send(b"x")


for name, family in STREAMS.items():
    if name in TARGETS:
        attempt(f"connect to {name}")(
            lambda name=name, family=family: connect(family, socket.SOCK_STREAM, address(name))
        )
for name, family in DATAGRAMS.items():
    if name in TARGETS:
        attempt(f"send to {name}")(
            lambda name=name, family=family: connect(family, socket.SOCK_DGRAM, address(name))
        )


@attempt("connect to an abstract socket")
def _():
    connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + TARGETS["abstract"])


@attempt("connect with the first data of TCP Fast Open")
def _():
    with socket.socket() as sock:
        sock.sendto(b"x", socket.MSG_FASTOPEN, address("tcp4"))


@attempt("listen on TCP")
def _():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()


@attempt("bind UDP")
def _():
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()


@attempt("listen on an abstract socket")
def _():
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind("\0" + TARGETS["abstract"] + "-ours")
        sock.listen()


@attempt("listen on a socket in the workspace")
def _():
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind("listening")
        sock.listen()
    os.unlink("listening")


@attempt("ask netlink for the addresses of the machine")
def _():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
        # struct nlmsghdr of an RTM_GETADDR dump, and struct rtgenmsg.
        sock.send(struct.pack("=IHHIIB3x", 20, 22, 0x301, 1, 0, 0))
        return len(sock.recv(65536))


attempt("open a socket of kernel events")(
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15).bind((0, 1))
)
attempt("open a raw socket")(
    lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
)
attempt("open a packet socket")(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
attempt("open a vsock socket")(lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))
attempt("make a pair of sockets")(socket.socketpair)
attempt("make a pair of datagram sockets")(
    lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
)


@attempt("send to another from one of a pair of datagram sockets")
def _():
    ours, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return ours.sendto(b"x", address("unix_datagram"))
