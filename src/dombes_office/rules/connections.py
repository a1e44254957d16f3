"""Where an agent signs in: the address of a database, and the name under which a desk remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

VERIFY_FULL = "verify-full"
"""TLS, and the certificate must name the server that was asked for."""
REQUIRE = "require"
"""TLS without asking who answers: for a server that has no certificate of a known authority."""
PREFER = "prefer"
"""TLS where the server offers it: for a server on this very machine only."""
ENCRYPTIONS = (VERIFY_FULL, REQUIRE)
"""What a connection over the network may ask for, the safest first."""


@dataclass(frozen=True, slots=True)
class Target:
    """One database as one login. `host` may be the folder of a Unix socket; the password travels apart.

    `root_certificate` is the file of the authority that signed the server's certificate; "" trusts those that the
    operating system trusts.
    """

    host: str
    database: str
    login: str
    port: int = 5432
    encryption: str = VERIFY_FULL
    root_certificate: str = ""

    @property
    def on_this_machine(self) -> bool:
        """Whether nothing leaves this machine: a Unix socket or the loopback."""
        # libpq takes a list of hosts, and "127.example.org" is a name like any other.
        if "," in self.host:
            return False
        if self.host.startswith("/") or self.host in {"localhost", ""}:
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Profile:
    """A connection under the name that the agent gave it, for the list of the sign-in window."""

    name: str
    target: Target
