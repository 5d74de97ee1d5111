"""The description of the API holds against requests made up from it, and says what the code does."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import sampled_from

from qualcoder.web.bearer import Budget
from qualcoder.web.streams import Streams
from tests.conftest import TemplateOf
from tests.homes import Backend
from tests.house.roles_stage import Stage, built
from tests.scripts import API, Script, api_routes, token_of

with warnings.catch_warnings():
    # It asks for a newer name of an option of one of its own dependencies.
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

IDS = {
    "s": "slug",
    "race_id": "race",
    "interview_id": "interview",
    "transcript_id": "codable",
    "coding_id": "coding",
    "export_id": "export",
}
EXAMPLES = 15
# The server answers under its own names only.
HOST = "127.0.0.1"
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]
# Addresses that are posted to with nothing to say.
WITHOUT_BODY = ("/retry", "/first-reading", "/translations/{language}/restore")


@pytest.fixture(scope="module")
def stage(template_of: TemplateOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with built(template_of(Backend.WAL), tmp_path_factory.mktemp("described")) as made:
        made.app.state.budget = Budget(1_000_000)
        made.app.state.streams = Streams(longest=0)
        yield made


@pytest.fixture(scope="module")
def document(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = (
        Script(stage.app, token_of(stage.home, stage.world.study, stage.world.pi)).get("/openapi.json").json()
    )
    return found


@pytest.fixture(scope="module")
def described(stage: Stage) -> Any:
    token = token_of(stage.home, stage.world.study, stage.world.pi)
    stage.keep()
    headers = {"Authorization": f"Bearer {token}", "Host": HOST}
    return schemathesis.openapi.from_asgi(f"{API}/openapi.json", stage.app, headers=headers)


def test_every_address_is_described_with_a_summary_and_its_refusals(document: dict[str, Any]) -> None:
    described = {
        (path.removeprefix(API), method.upper()) for path, methods in document["paths"].items() for method in methods
    }
    routes = {(route.path, next(iter(route.methods or ()))) for route in api_routes()}
    assert described == routes - {("/openapi.json", "GET")}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], path
            assert {"401", "403", "404", "409", "413", "415", "422", "423", "429", "507"} <= operation[
                "responses"
            ].keys()
            assert ("requestBody" in operation) == (
                method in {"patch", "put", "post"} and not path.endswith(WITHOUT_BODY)
            ), (method, path)
    assert document["security"] == [{"bearer": []}]


def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    names = {name.removeprefix("#/components/schemas/") for name in references(document)}
    assert names <= document["components"]["schemas"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    "operation",
    [(route.path, next(iter(route.methods or ()))) for route in api_routes() if route.include_in_schema],
    ids=lambda operation: f"{operation[1]} {operation[0]}",
)
def test_no_request_breaks_the_server_and_every_answer_is_as_described(
    stage: Stage, described: Any, operation: tuple[str, str], mode: GenerationMode
) -> None:
    path, method = operation
    world = stage.world
    tokens = [token_of(stage.home, world.study, person) for person in (world.pi, world.coder, world.observer)]
    ids = {name: str(stage.ids[IDS[name]]) for name in IDS if "{" + name + "}" in path}
    one = described[API + path][method]
    cases = one.as_strategy(mode) | one.as_strategy(mode, path_parameters=ids)

    @given(cases, sampled_from(tokens))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def send(case: Any, token: str) -> None:
        response = case.call(headers={"Authorization": f"Bearer {token}", "Host": HOST})
        case.validate_response(response, checks=CHECKS)

    send()
    stage.restore()
