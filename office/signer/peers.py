"""Who is at the other end of the signer's socket, as the kernel tells."""

from __future__ import annotations

import logging
import os
import socket
import struct
from dataclasses import dataclass

log = logging.getLogger(__name__)

_CREDENTIALS = struct.Struct("3i")
_SO_PEERGROUPS = 59
# Python takes no more from getsockopt, and a peer in more than 256 groups is none of ours.
_MOST_BYTES = 1024
# What a user namespace (PrivateUsers=) shows for every user and group it does not map: no identity at all.
_NOBODY = 65534


@dataclass(frozen=True)
class Peer:
    """The user, group and further groups of a process as this process's user namespace shows them."""

    user: int
    group: int
    groups: tuple[int, ...] = ()


def peer_of(connection: socket.socket) -> Peer:
    """The process that connected, as it was at that moment. Raises OSError where the kernel does not say."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, group = _CREDENTIALS.unpack(raw)
    try:
        listed = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _MOST_BYTES)
    except OSError as error:
        log.warning("the groups of user %d are not known (%s); only its user and own group count", user, error)
        listed = b""
    return Peer(user, group, struct.unpack(f"{len(listed) // 4}I", listed))


def user_of(connection: socket.socket) -> int:
    """The user who connected; -1 (counted as one more user) where the kernel does not tell."""
    try:
        return peer_of(connection).user
    except OSError:
        return -1


def allowed(peer: Peer, *, user: int, group: int) -> bool:
    """Whether a peer may ask a signer that runs as `user` and `group`: the same user, root, or a member."""
    if peer.user in {user, 0} - {_NOBODY}:
        return True
    return group != _NOBODY and group in (peer.group, *peer.groups)


def is_root(user: int) -> bool:
    """Whether this user is root on the machine, or the one whose process this is."""
    return user in {0, os.geteuid()} - {_NOBODY}


def may_ask(connection: socket.socket) -> bool:
    """Whether this process answers the one that connected."""
    try:
        peer = peer_of(connection)
    except OSError as error:
        log.warning("the kernel does not say who asks: %s", error)
        return False
    if allowed(peer, user=os.geteuid(), group=os.getegid()):
        return True
    log.warning("refused to answer user %d of group %d", peer.user, peer.group)
    return False
