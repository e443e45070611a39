"""What each plan includes. -1 is unlimited; a tenant's own `limits` override its plan's.

`ai_credits` are those of each month.
"""

from __future__ import annotations

from collections.abc import Mapping

UNLIMITED = -1

PLANS: Mapping[str, Mapping[str, int]] = {
    "free": {"debts": 50, "agreements": 5, "pdfs": 5, "sessions": 1, "users": 1, "ai_credits": 100},
    "basic": {"debts": 200, "agreements": 20, "pdfs": 20, "sessions": 5, "users": 3, "ai_credits": 500},
    "pro": {"debts": 1000, "agreements": 100, "pdfs": 100, "sessions": 20, "users": 10, "ai_credits": 2000},
    "enterprise": {
        "debts": UNLIMITED,
        "agreements": UNLIMITED,
        "pdfs": UNLIMITED,
        "sessions": UNLIMITED,
        "users": UNLIMITED,
        "ai_credits": UNLIMITED,
    },
}

# What only some plans can do.
_FROM_BASIC, _FROM_PRO = frozenset({"basic", "pro", "enterprise"}), frozenset({"pro", "enterprise"})
FEATURES: Mapping[str, frozenset[str]] = {
    "vision": _FROM_PRO, "webhooks": _FROM_PRO, "api_keys": _FROM_BASIC, "campaigns": _FROM_BASIC
}  # fmt: skip


def limit_of(plan: str, overrides: Mapping[str, object], name: str) -> int:
    """How much of `name` a tenant may use."""
    override = overrides.get(name)
    return override if isinstance(override, int) else PLANS[plan][name]


def feature(plan: str, overrides: Mapping[str, object], name: str) -> bool:
    """Whether a tenant may have `name` (`vision`: pictures are read by a model; `api_keys`: keys for integrators)."""
    override = overrides.get(name)
    return override if isinstance(override, bool) else plan in FEATURES[name]
