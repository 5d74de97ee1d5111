"""The description of the JSON API (OpenAPI), for those who are signed in or hold a token."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema

from qualcoder import __version__
from qualcoder.web.bearer import SCHEME, TokenNeeded, find_token, holder
from qualcoder.web.deps import find_me, signed_in
from qualcoder.web.replies import BODIES

router = APIRouter()

ABOUT = """\
Offsets are Unicode code points, zero-based and end-exclusive, into the text version that is named. Times are ISO 8601 \
with a zone. Lists are paged: send the `next` of a page as `cursor` to get the one after it. A token stands for one \
person in one study; `{s}` is that study's short name or id. Make a token with `qualcoder token create`.
"""


def describe(routes: APIRouter) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    described = get_openapi(title="qualcoder", version=__version__, description=ABOUT, routes=routes.routes)
    _names, bodies = models_json_schema(
        [(model, "validation") for model in BODIES.values()], ref_template="#/components/schemas/{model}"
    )
    components = described.setdefault("components", {})
    components["schemas"] = {**bodies.get("$defs", {}), **components.get("schemas", {})}
    components["securitySchemes"] = {SCHEME: {"type": "http", "scheme": SCHEME}}
    described["security"] = [{SCHEME: []}]
    return described


@router.get("/openapi.json", name="api:openapi", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """The description of the API."""
    if find_token(request) is not None:
        holder(request)
    elif find_me(request) is None:
        raise TokenNeeded
    else:
        signed_in(request)
    return JSONResponse(describe(request.app.state.api))
