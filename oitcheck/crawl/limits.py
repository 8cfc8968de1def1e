"""How far and how fast a crawl may go."""

from __future__ import annotations

from dataclasses import dataclass

WEB_PORTS = (80, 443, 8080, 8443)


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """The settings of a crawl, times in seconds.

    `delay_seconds` is the least gap between two requests to one host, and to one IP address. `attempts` is the most
    tries of one URL; `retry_delay_seconds` comes before the second and doubles after that. `connect_to` ("host:port" or
    empty) is where all connections go. `allow_private` lifts the guard of addresses and ports. `max_depth` 0 is the
    submitted page alone.
    """

    delay_seconds: float = 1.0
    connections_per_host: int = 2
    connections: int = 32
    attempts: int = 3
    retry_delay_seconds: float = 2.0
    connect_timeout_seconds: float = 10.0
    total_timeout_seconds: float = 60.0
    max_bytes: int = 50 * 1024 * 1024
    max_redirects: int = 8
    respect_robots: bool = True
    max_documents_per_submission: int = 60
    max_depth: int = 2
    allow_private: bool = False
    connect_to: str = ""
    allowed_ports: tuple[int, ...] = WEB_PORTS
    user_agent: str = "oitcheck"
    contact: str = ""

    @property
    def agent_line(self) -> str:
        """The User-Agent header: who we are and whom to mail."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent
