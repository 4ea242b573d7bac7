"""Tells programs of events, each as a job: tried again when it fails, signed, never inwards.

Signed as https://www.standardwebhooks.com says; the same `webhook-id` each time, since a crash
between the sending and its mark sends once more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from engine import Context
from engine.errors import ServiceTaskFailed
from engine.ports import JobKind
from hr.programs import queries
from hr.programs.commands import DELIVER
from hr.programs.queries import Delivery
from web.settings import Network

PER_MINUTE = 600
SECONDS = 10.0
"""How long a receiver may take for any one answer."""
_LARGEST_ANSWER = 4096
# NAT64 (RFC 6052, RFC 8215), translated and compatible addresses: the last 32 bits are an IPv4 one.
_CARRYING = tuple(
    IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")
)


@dataclass(frozen=True)
class Carrier:
    """Carries deliveries: over https to public addresses, and however wanted to `networks`.

    networks -- private ones of the city that programs may be in
    """

    networks: Sequence[Network] = ()
    seconds: float = SECONDS

    def send(self, delivery: Delivery, key: str) -> None:
        """Hand a delivery over; raise ServiceTaskFailed where it was not taken."""
        parts = urlsplit(delivery.url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        address, inside = self._address(host, parts.port or (443 if secure else 80))
        if not secure and not inside:
            raise _failed("https for what leaves the house", "it is http")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = delivery.body.encode()
        headers = {"Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "Alur"}
        headers |= signed(delivery.secret, f"msg_{_digest(key)}", int(time.time()), body)
        try:
            status = self._post(address, host, secure, target, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise _failed("a receiver that answers", type(error).__name__) from error
        if not 200 <= status < 300:  # a redirect, too: nobody is led elsewhere
            raise _failed("a receiver that says 2xx", f"it says {status}")

    def _address(self, host: str, port: int) -> tuple[tuple[str, int], bool]:
        """Look a host up once, so that what was checked is what is connected to."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise _failed("a host that is known", type(error).__name__) from error
        for *_, place in found:
            address = ip_address(str(place[0]).partition("%")[0])
            mapped = getattr(address, "ipv4_mapped", None) or address
            if any(mapped in network for network in self.networks):
                return (str(address), port), True
            if not all(_is_public(one) for one in (mapped, *_inside(mapped))):
                raise _failed("a public address", "it is a private one")
        return (str(found[0][4][0]), port), False

    def _post(
        self,
        address: tuple[str, int],
        host: str,
        secure: bool,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> int:
        connection = http.client.HTTPConnection(host, timeout=self.seconds)
        raw = socket.create_connection(address, self.seconds)
        try:
            context = ssl.create_default_context() if secure else None
            connection.sock = context.wrap_socket(raw, server_hostname=host) if context else raw
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            answer.read(_LARGEST_ANSWER)
            return answer.status
        finally:
            connection.close()
            raw.close()


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


def _inside(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    """Give the IPv4 address to which a gateway may carry on what is sent to an IPv6 one."""
    if isinstance(address, IPv6Address):
        if address.sixtofour is not None:
            yield address.sixtofour
        if any(address in network for network in _CARRYING):
            yield IPv4Address(int(address) & 0xFFFF_FFFF)


def signed(secret: str, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """Give the headers that prove where a delivery comes from.

    secret -- `whsec_` and base64; at -- seconds since 1970
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{at}.".encode() + body
    mark = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{mark}",
    }


def kind_of(networks: Sequence[Network]) -> JobKind:
    """Give the kind of job that tells a webhook of an event."""
    carrier = Carrier(networks)

    def prepare(ctx: Context, payload: Mapping[str, Any]) -> Delivery | None:
        hook, case, seq = (int(payload[name]) for name in ("webhook_id", "case_id", "seq"))
        return queries.delivery(ctx.connection, hook, case, seq, ctx.ports.vault)

    return JobKind(DELIVER, prepare, carrier.send, per_minute=PER_MINUTE)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _failed(wanted: str, found: str) -> ServiceTaskFailed:
    return ServiceTaskFailed(f"Expected {wanted}, but {found}.")
