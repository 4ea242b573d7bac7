"""Every setting of Alur in one table: variable, default, meaning.  No other module reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine.bounds import Bounds

Network = IPv4Network | IPv6Network
_TOOLS = frozenset({"ALUR_VENV", "ALUR_SKIP_FRONTEND"})


class InvalidSetting(Exception):
    """Expected a usable setting, but its value cannot be read."""


def _setting(default: Any, meaning: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "secret": secret})


def _bound(name: str) -> Any:
    bound = next(item for item in fields(Bounds) if item.name == name)
    return _setting(bound.default, f"{bound.metadata['meaning']} Beyond it: an incident.")


# ruff: noqa: RUF009 -- _setting is dataclasses.field with a meaning
@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this installation is set up.  `ALUR_` + the field's name in capitals is the variable."""

    database_url: str = _setting(
        "sqlite:///var/alur.db",
        "Where everything is kept: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        " (the app login).",
        secret=True,
    )
    owner_database_url: str = _setting(
        "",
        "PostgreSQL only: the login that owns the tables and runs `alur db upgrade`;"
        " empty = as ALUR_DATABASE_URL.",
        secret=True,
    )
    keys_dir: Path = _setting(
        Path("var/keys"),
        "Folder of the server's key and the unmask public key; not in the database's backup.",
    )
    signing_key_file: Path = _setting(
        Path("var/keys/signing.key"),
        "Key that signs checkpoints of the history; not in the database's backup, and better on"
        " another machine than the database.",
    )
    checkpoints_file: Path = _setting(
        Path("var/checkpoints.txt"),
        "File that grows by every checkpoint; copy it to where nobody of this machine can write.",
    )
    checkpoints_email: str = _setting(
        "",
        "Address, the Inspektorat's, to which the newest checkpoint is mailed every day;"
        " needs ALUR_SMTP_URL.",
    )
    attempts_dir: Path = _setting(
        Path("var/attempts"),
        "Folder in which running requests are noted, so that a killed process is noticed.",
    )
    files_dir: Path = _setting(
        Path("var/files"),
        "Folder of uploaded files and decrees, by content; back it up with the database.",
    )
    files_url: str = _setting(
        "",
        "Store of uploaded files and decrees in place of that folder, such as s3://BUCKET/alur"
        " (extra `s3`; login and server from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,"
        " AWS_ENDPOINT_URL).",
    )
    city: str = _setting("Kota Contoh", "Name of the city, shown on every page.")
    time_zone: ZoneInfo = _setting(
        ZoneInfo("Asia/Jakarta"),
        "Zone of the city: of its days and due dates, and of the moments on its pages.",
    )
    language: str = _setting("id", "Language of a visitor who has chosen none: id or en.")
    public_url: str = _setting(
        "",
        "Address at which people reach this server; https:// makes cookies Secure."
        " Empty = the address it listens on.",
    )
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8080, "Port to listen on.")
    web_processes: int = _setting(2, "Web processes of `alur serve`.")
    web_threads: int = _setting(4, "Threads of each web process.")
    second_factor_roles: str = _setting(
        "ADM,AUD,DSN",
        "Roles that must have a second factor (one-time codes or a passkey), with commas;"
        " none = nobody must, everybody may.",
    )
    oidc_issuer: str = _setting(
        "",
        "Address of the city's identity provider (OpenID Connect), as its tokens name it;"
        " empty = people log in here alone.",
    )
    oidc_client_id: str = _setting("alur", "Name of Alur at the identity provider.")
    oidc_secret_file: Path = _setting(
        Path("var/keys/oidc.secret"),
        "File with the secret that the identity provider gave Alur; readable by its owner alone.",
    )
    oidc_name_claim: str = _setting(
        "preferred_username",
        "Claim that holds somebody's NIP, asked once: from then on he is known by his subject.",
    )
    oidc_groups_claim: str = _setting(
        "groups", "Claim that lists somebody's groups; what they stand for is set under Roles."
    )
    smtp_url: str = _setting(
        "",
        "Mail server: smtp://, smtp+starttls:// or smtps://USER:PASSWORD@HOST:PORT."
        " Empty = nobody is written to.",
        secret=True,
    )
    mail_from: str = _setting("alur@localhost", "Address that mails come from.")
    webhook_networks: str = _setting(
        "",
        "Private networks that programs told by webhook may be in, with commas, such as"
        " 10.1.0.0/16; there http will do. Empty = public addresses and https only.",
    )
    broker_url: str = _setting(
        "",
        "Broker that carries due work to workers on many machines, by Celery: amqp://USER@HOST//"
        " or redis://HOST/0. Empty = each worker looks into the database by itself.",
        secret=True,
    )
    broker_queue: str = _setting(
        "alur", "Name of the broker's queue; each database needs one of its own."
    )
    worker_processes: int = _setting(2, "Processes of `alur worker` when there is a broker.")
    trusted_proxies: int = _setting(
        0,
        "How many reverse proxies stand in front and set X-Forwarded-*;"
        " 0 = such headers are ignored.",
    )

    log: str = _setting(
        "text", "What is logged: text = problems in words; json = every request and command, too."
    )
    metrics_port: int = _setting(
        0, "Private port of /metrics (Prometheus), /healthz and /readyz; 0 = none."
    )
    metrics_host: str = _setting("127.0.0.1", "Address of the private port.")
    metrics_dir: Path = _setting(
        Path("var/metrics"), "Folder in which the processes of this machine count."
    )
    bound_steps: int = _bound("steps")
    bound_seconds: float = _bound("seconds")
    bound_wall_seconds: float = _bound("wall_seconds")
    bound_feel_steps: int = _bound("feel_steps")
    bound_feel_seconds: float = _bound("feel_seconds")
    bound_tasks: int = _bound("tasks")
    bound_items: int = _bound("items")
    bound_depth: int = _bound("depth")
    bound_calls: int = _bound("calls")
    bound_tokens: int = _bound("tokens")
    bound_data_bytes: int = _bound("data_bytes")
    bound_state_bytes: int = _bound("state_bytes")
    bound_rounds: int = _bound("rounds")
    bound_moves: int = _bound("moves")

    @property
    def private_networks(self) -> tuple[Network, ...]:
        """Give the private networks that webhooks may reach."""
        named = (one.strip() for one in self.webhook_networks.split(","))
        try:
            return tuple(ip_network(one) for one in named if one)
        except ValueError as error:
            raise InvalidSetting(
                f"Expected ALUR_WEBHOOK_NETWORKS to be networks such as 10.1.0.0/16, but {error}."
            ) from error

    @property
    def bounds(self) -> Bounds:
        """Give what models may take here."""
        names = [item.name for item in fields(Bounds)]
        return Bounds(**{name: getattr(self, f"bound_{name}") for name in names})

    @property
    def secure(self) -> bool:
        """Tell whether people reach this server by https."""
        return self.public_url.startswith("https://")

    @property
    def migration_url(self) -> str:
        """Give the address of the login that owns the tables."""
        return self.owner_database_url or self.database_url

    def but(self, **changes: Any) -> Settings:
        """Give the same settings with some values changed."""
        return replace(self, **changes)


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; an empty variable counts as not set."""
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for item in fields(Settings):
        text = source.get(variable(item), "")
        if text:
            values[item.name] = _parse(item, text)
    known = {variable(item) for item in fields(Settings)}
    unknown = sorted(
        name
        for name in source
        if name.startswith("ALUR_") and name not in known and not _is_of_a_tool(name)
    )
    if unknown:
        raise InvalidSetting(
            f"Expected only settings that `alur settings` lists, but found {', '.join(unknown)}."
        )
    settings = Settings(**values)
    _ = settings.private_networks  # refused here, and not when the first webhook is told
    if settings.log not in ("text", "json"):
        raise InvalidSetting(f"Expected ALUR_LOG to be text or json, but it is {settings.log!r}.")
    if settings.language not in ("id", "en"):
        raise InvalidSetting(
            f"Expected ALUR_LANGUAGE to be id or en, but it is {settings.language!r}."
        )
    return settings


def environment(settings: Settings) -> dict[str, str]:
    """Give the variables that make `read` give these settings again, for a child process."""
    return {variable(item): str(getattr(settings, item.name)) for item in fields(Settings)}


def variable(item: Field[Any]) -> str:
    """Give the name of the environment variable of a field of `Settings`."""
    return "ALUR_" + item.name.upper()


def table(settings: Settings) -> list[dict[str, str]]:
    """List every setting with its value, default and meaning, but no password."""
    return [
        {
            "name": variable(item),
            "value": _shown(item, getattr(settings, item.name)),
            "default": str(item.default),
            "meaning": item.metadata["meaning"],
        }
        for item in fields(Settings)
    ]


def _is_of_a_tool(name: str) -> bool:
    # Read by the tests, run.sh or the package build, never by Alur itself.
    return name.startswith(("ALUR_TEST_", "ALUR_REQUIRE_")) or name in _TOOLS


def _parse(item: Field[Any], text: str) -> Any:
    kind: type[Any] = type(item.default)
    try:
        return kind(text)
    except Exception as error:  # ZoneInfo raises its own kinds
        raise InvalidSetting(
            f"Expected {variable(item)} to be a {kind.__name__}, but it is {text!r}."
        ) from error


def _shown(item: Field[Any], value: Any) -> str:
    text = str(value)
    if item.metadata["secret"]:  # a password may stand in the query, too
        text = re.sub(r"(password|secret|key)=[^&]*", r"\1=...", text, flags=re.IGNORECASE)
    if not item.metadata["secret"] or "@" not in text:
        return text
    scheme, _, rest = text.partition("://")
    login, _, place = rest.rpartition("@")
    return f"{scheme}://{login.partition(':')[0]}@{place}"
