"""The settings of an installation: environment variables, checked once at start.

Each field is one variable of the same name in capitals. `NAME_FILE` reads its value from a file, for secrets. A value
that can't be read stops the start with a message that names the variable. `docs/settings.md` is made from this file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.tenants import prices

# Settings of a process beside Juragan's own (`PATH`, `LANG` …) are none of its business; under these prefixes an
# unknown name is a misspelt one.
_OWN_PREFIXES = ("WHATSAPP_", "JURAGAN_", "ENABLE_", "DATABASE_", "SUPER_ADMIN_", "HTTP_PORT", "HTTP_THREADS",
                 "HTTP_DOMAIN", "DEFAULT_", "KNOWLEDGE_", "EMBEDDING_", "ANSWER_", "VOICE_", "AI_")  # fmt: skip


class SettingsError(Exception):
    """The environment holds a value that can't be used; the message names each variable and what is wrong."""


class Settings(BaseSettings):
    """What an operator may decide. Times are in the unit that each description names."""

    model_config = SettingsConfigDict(env_prefix="", case_sensitive=False, extra="ignore", frozen=True)

    data_dir: Annotated[Path, Field(description="Folder for the database, the secret key and files.")] = Path("var")
    database_url: Annotated[
        SecretStr | None,
        Field(description="PostgreSQL 15 or later, as its owner; unset: an embedded one in `DATA_DIR`."),
    ] = None
    database_pool: Annotated[int, Field(ge=2, le=80, description="Connections that one process may hold.")] = 12
    secret_key: Annotated[
        SecretStr | None,
        Field(min_length=32, description="Signs and derives secrets; unset: made once and kept in `DATA_DIR`."),
    ] = None
    whatsapp_provider: Annotated[
        Literal["neonize", "simulator"],
        Field(
            description="The way to WhatsApp of new numbers; with `simulator` nothing is linked and nothing is sent."
        ),
    ] = "neonize"
    whatsapp_multi_tenant: Annotated[
        bool, Field(description="Whether calls of the API must name the company (`ENABLE_MULTI_TENANT` is an alias).")
    ] = True
    whatsapp_isolate_auth: Annotated[
        bool, Field(description="Whether each business has its own keys of WhatsApp; false only with a single one.")
    ] = True
    default_company_id: Annotated[
        str | None, Field(description="The company that calls mean which name none, where there is only one.")
    ] = None
    whatsapp_max_sessions: Annotated[
        int, Field(ge=1, description="Numbers that this installation keeps connected at the most.")
    ] = 1000
    whatsapp_sessions_per_host: Annotated[
        int, Field(ge=1, le=300, description="Numbers that one host process keeps.")
    ] = 50
    whatsapp_store_url: Annotated[
        SecretStr | None,
        Field(description="PostgreSQL for the keys of linked devices, shared by machines; unset: a file for each."),
    ] = None
    whatsapp_keepalive_interval: Annotated[
        int, Field(ge=1000, description="Milliseconds between two looks at whether a quiet connection still lives.")
    ] = 30000
    whatsapp_connection_timeout: Annotated[
        int, Field(ge=1000, description="Milliseconds after which a connection that didn't come about is given up.")
    ] = 60000
    whatsapp_reconnect_delay: Annotated[
        int, Field(ge=100, description="Milliseconds before the first new try; doubled with each, up to 5 minutes.")
    ] = 5000
    whatsapp_max_reconnect_attempts: Annotated[
        int, Field(ge=1, description="Failed tries after which a number counts as failed and rests for half an hour.")
    ] = 10
    whatsapp_use_pairing_code: Annotated[
        bool, Field(description="Link numbers by a code to be typed on the phone instead of a QR code.")
    ] = False
    whatsapp_max_qr_attempts: Annotated[
        int, Field(ge=1, le=20, description="Rounds of QR codes (of 160 seconds each) that one request brings.")
    ] = 3
    whatsapp_max_pairings: Annotated[
        int, Field(ge=1, le=50, description="Numbers that are linked at the same time (about 80 MB each).")
    ] = 6
    whatsapp_media_max_mb: Annotated[
        int, Field(ge=1, le=100, description="Megabytes of the largest file that is taken in.")
    ] = 20
    whatsapp_allowed_phone_pattern: Annotated[
        str, Field(description="What the digits of a number must look like that the API writes to.")
    ] = "^[0-9]{10,15}$"
    whatsapp_blocked_numbers: Annotated[
        str, Field(description="Numbers, separated by commas, that are never answered or written to.")
    ] = ""
    whatsapp_validate_company: Annotated[
        bool, Field(description="Whether company ids are checked against their pattern.")
    ] = True
    whatsapp_company_id_pattern: Annotated[str, Field(description="What a company id looks like.")] = "^[a-zA-Z0-9_-]+$"
    whatsapp_rate_limit_per_company: Annotated[
        int, Field(ge=1, description="Messages that the API takes for one company in a window.")
    ] = 100
    whatsapp_rate_limit_window: Annotated[int, Field(ge=1000, description="That window, in milliseconds.")] = 60000
    super_admin_api_key: Annotated[
        SecretStr | None,
        Field(description="The super admin's key, or several separated by commas; unset: one is made at first start."),
    ] = None
    super_admin_numbers: Annotated[
        str, Field(description="Numbers, separated by commas, from which the super admin gives commands.")
    ] = ""
    http_host: Annotated[str, Field(description="Address on which the API listens.")] = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535, description="Port of the API; 0 takes any free one.")] = 3000
    http_threads: Annotated[int, Field(ge=1, le=64, description="Requests that are answered at the same time.")] = 8
    whatsapp_log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="How much is logged (`LOG_LEVEL` is an alias)."),
    ] = "info"
    whatsapp_log_to_file: Annotated[bool, Field(description="Log to `WHATSAPP_LOG_PATH` too.")] = False
    whatsapp_log_path: Annotated[Path, Field(description="The log file.")] = Path("logs/whatsapp.log")
    debounce_seconds: Annotated[
        float, Field(ge=0, le=60, description="Quiet seconds after which a customer's messages get one answer.")
    ] = 3
    enable_actions_center: Annotated[
        bool,
        Field(description="Whether what people ask for becomes a numbered request; off, it is a plain message."),
    ] = True
    enable_usage_tracking: Annotated[
        bool, Field(description="Whether use is counted; off, there are no limits on use either.")
    ] = True
    default_daily_message_limit: Annotated[
        int, Field(ge=-1, description="Messages a day to customers, unless set for the tenant; -1: any number.")
    ] = 1000
    default_monthly_message_limit: Annotated[int, Field(ge=-1, description="The same for a month.")] = 30_000
    default_daily_campaign_limit: Annotated[
        int, Field(ge=-1, description="Campaigns a day, unless set for the tenant; -1: any number.")
    ] = 10
    default_monthly_campaign_limit: Annotated[int, Field(ge=-1, description="The same for a month.")] = 300
    trial_period: Annotated[int, Field(ge=0, le=365, description="Days for which an approved business may try.")] = 7
    monthly_price: Annotated[Decimal, Field(ge=0, description="Price of `basic` for a month.")] = Decimal(50_000)
    yearly_price: Annotated[Decimal, Field(ge=0, description="Price of `basic` for a year.")] = Decimal(500_000)
    plan_prices: Annotated[
        str,
        Field(
            description='Prices of other plans as JSON: `{"pro": {"monthly": 150000, "yearly": 1500000}}`; in a'
            ' currency of their own: `{"USD": {"basic": {"monthly": 5, "yearly": 50}}}`.'
        ),
    ] = "{}"
    billing_currency: Annotated[
        str, Field(pattern="^[A-Z]{3}$", description="Currency of the prices that name none.")
    ] = "IDR"
    admin_email: Annotated[str | None, Field(description="Where the super admin reads mail; needs `SMTP_URL`.")] = None
    smtp_url: Annotated[
        SecretStr | None,
        Field(description="Mail server for notices, as `smtp://user:password@host:587`; unset: no mail is sent."),
    ] = None
    http_domain: Annotated[
        str | None,
        Field(description="Domain whose sub-domains are tenants (`SLUG.DOMAIN`); unset: sub-domains mean nothing."),
    ] = None
    cors_origins: Annotated[
        str, Field(description="Web pages, separated by commas, whose scripts may call the API; empty: none.")
    ] = ""
    api_rate_limit: Annotated[
        int, Field(ge=1, description="Requests of one tenant (or the super admin) that the API takes in a minute.")
    ] = 600
    access_token_minutes: Annotated[
        int, Field(ge=1, le=1440, description="Minutes for which a login's access token works.")
    ] = 15
    refresh_token_days: Annotated[
        int, Field(ge=1, le=365, description="Days after which a person has to log in again.")
    ] = 30
    openai_api_key: Annotated[
        SecretStr | None, Field(description="The key of an OpenAI-compatible model server; unset: no model is used.")
    ] = None
    openai_base_url: Annotated[
        str | None, Field(description="Its address, such as `http://127.0.0.1:8000/v1`; unset: OpenAI's own.")
    ] = None
    chat_model: Annotated[
        str,
        Field(max_length=80, description="The model there that answers, understands and reads pictures; empty: none."),
    ] = "gpt-4o-mini"
    fallback_model: Annotated[
        str | None, Field(max_length=80, description="The model that is asked when the first one fails.")
    ] = None
    vision_model: Annotated[
        str | None, Field(max_length=80, description="The model that reads pictures; unset: `CHAT_MODEL`.")
    ] = None
    transcription_model: Annotated[
        str, Field(max_length=80, description="The model that writes down what is spoken; empty: none.")
    ] = "whisper-1"
    answer_timeout: Annotated[
        float, Field(gt=0, le=120, description="Seconds after which an answer is given without a model.")
    ] = 14
    answer_steps: Annotated[int, Field(ge=1, le=20, description="Times that a model may be asked for one answer.")] = 5
    voice_max_seconds: Annotated[
        int, Field(ge=1, le=3600, description="Seconds of the longest voice note that is listened to.")
    ] = 300
    max_workers: Annotated[
        int, Field(ge=1, le=64, description="Jobs that wait for a model at the same time, in one process.")
    ] = 5
    busy_threshold: Annotated[
        int, Field(ge=0, description="So many others may wait for a model before a customer is asked for a moment.")
    ] = 3
    ai_prices: Annotated[
        str,
        Field(
            description='AI credits for uses of models that differ from the usual, as JSON: `{"chat": [1, 8000]}` is 1'
            " for each started 8,000 tokens (of `transcription`: seconds)."
        ),
    ] = "{}"
    embedding_model: Annotated[
        str | None,
        Field(description="The model there that turns texts into vectors; with it knowledge is found by meaning too."),
    ] = None
    embedding_timeout: Annotated[
        float, Field(gt=0, le=60, description="Seconds that looking up one question may wait for vectors.")
    ] = 5
    knowledge_max_pages: Annotated[
        int, Field(ge=1, le=2000, description="Pages of the longest document that bots can be taught.")
    ] = 300
    worker_threads: Annotated[int, Field(ge=1, le=64, description="Jobs that one process runs at a time.")] = 6
    retention_days: Annotated[
        int, Field(ge=1, description="Days that handled messages are kept; records of money stay.")
    ] = 365

    @field_validator("whatsapp_log_level", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("ai_prices")
    @classmethod
    def _price_table(cls, value: str) -> str:
        prices.read(value)
        return value

    @field_validator("plan_prices")
    @classmethod
    def _plan_prices(cls, value: str) -> str:
        from services.tenants.system_settings import read_plan_prices

        read_plan_prices(value)
        return value

    @field_validator("cors_origins")
    @classmethod
    def _exact_pages(cls, value: str) -> str:
        wrong = next((each for each in _listed(value) if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", each)), None)
        if wrong is not None:
            raise ValueError(f"{wrong} is no origin such as https://app.example.com, without a path and without *")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        scheme, _, rest = (value.get_secret_value() if value else "postgres://set").partition("://")
        if scheme.partition("+")[0] not in ("postgres", "postgresql") or not rest:
            raise ValueError("not an address such as postgresql://owner:password@host/database")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` read: it knows aliases and files, and whose environment is meant."""
        return (init_settings,)

    @field_validator("openai_base_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("not an address such as https://host/v1")
        return value

    @field_validator("whatsapp_allowed_phone_pattern", "whatsapp_company_id_pattern")
    @classmethod
    def _regular_expression(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression ({error})") from None
        return value

    @property
    def uses_models(self) -> bool:
        """Whether a server is named that may have models."""
        return (self.openai_api_key or self.openai_base_url) is not None

    @property
    def uses_vectors(self) -> bool:
        """Whether texts can be turned into vectors: a model is named, and a server that may have it."""
        return bool(self.embedding_model) and self.uses_models

    @property
    def uses_chat(self) -> bool:
        """Whether a model may answer and understand."""
        return bool(self.chat_model) and self.uses_models

    @property
    def uses_speech(self) -> bool:
        """Whether a model may write down what is spoken."""
        return bool(self.transcription_model) and self.uses_models

    @property
    def web_pages(self) -> frozenset[str]:
        """The web pages whose scripts may call the API, as browsers name them."""
        return frozenset(_listed(self.cors_origins))

    @property
    def blocked_numbers(self) -> frozenset[str]:
        """The blocked numbers as bare digits."""
        return _numbers(self.whatsapp_blocked_numbers)

    @property
    def super_admins(self) -> frozenset[str]:
        """The super admin's numbers as bare digits."""
        return _numbers(self.super_admin_numbers)


def _listed(value: str) -> list[str]:
    """What commas separate."""
    return list(filter(None, (part.strip() for part in value.split(","))))


def _numbers(listed: str) -> frozenset[str]:
    numbers = ("".join(filter(str.isdigit, part)) for part in listed.split(","))
    return frozenset(filter(None, numbers))


ALIASES: Mapping[str, str] = {
    "LOG_LEVEL": "WHATSAPP_LOG_LEVEL",
    "ENABLE_MULTI_TENANT": "WHATSAPP_MULTI_TENANT",
    "OPENAI_API_BASE": "OPENAI_BASE_URL",
    "OPENAI_EMBEDDING_MODEL": "EMBEDDING_MODEL",
    "OPENAI_MODEL": "CHAT_MODEL",
}


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings from `environment` (the process's own if None); raises `SettingsError`."""
    given = {name.upper(): value for name, value in (os.environ if environment is None else environment).items()}
    written = {name: alias for alias, name in ALIASES.items() if alias in given and name not in given}
    given |= {name: given[alias] for name, alias in written.items()}
    known = {name.upper(): name for name in Settings.model_fields}
    problems = [f"{name}: no such setting" for name in sorted(given) if _misspelt(name, known)]
    values: dict[str, str] = {}
    for variable, field in known.items():
        if f"{variable}_FILE" in given:
            values[field] = _from_file(f"{variable}_FILE", given[f"{variable}_FILE"], problems)
        elif variable in given:
            values[field] = given[variable]
    settings = _validated(values, written, problems)
    if problems or settings is None:
        raise SettingsError("\n".join(problems))
    return settings


def _validated(values: Mapping[str, str], written: Mapping[str, str], problems: list[str]) -> Settings | None:
    """The settings, or None and a problem for each value; `written` holds the aliases under which values came."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]).upper()
            problems.append(f"{written.get(name, name)}: {problem['msg'].removeprefix('Value error, ')}")
        return None


def _misspelt(name: str, known: Mapping[str, str]) -> bool:
    return name.startswith(_OWN_PREFIXES) and name.removesuffix("_FILE") not in known and name not in known


def _from_file(variable: str, path: str, problems: list[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{variable}: {path} can't be read ({error.__class__.__name__})")
        return ""
