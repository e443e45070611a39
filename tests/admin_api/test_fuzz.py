"""Whatever is sent to a route that describes itself: never a mistake of ours, and one shape for every failure."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from services.db.engine import Database
from services.tenants.tenants import NewTenant, register
from tests.admin_api.conftest import KEY, failure

EXAMPLES = 3
_CHECKS = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_breaks_anything(app: Flask, db: Database, mode: GenerationMode) -> None:
    register(db, NewTenant("Dani Lending", "6281100000001"))
    schema = schemathesis.openapi.from_wsgi("/openapi/openapi.json", app)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @_CHECKS
        @given(case=operation.as_strategy(generation_mode=mode))
        def probe(case: Any) -> None:
            nonlocal tried
            response = case.call(headers={"X-API-Key": KEY})
            tried += 1
            assert response.status_code < 500, response.text
            if response.status_code >= 400:
                failure(response.json())

        try:
            probe()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label
    assert tried > 30
