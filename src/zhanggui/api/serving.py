"""The API as an ASGI app: mounted by the server under ``/api/v1``, able to stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from zhanggui.api.about import about
from zhanggui.api.entrance import Entrance
from zhanggui.api.trouble import RESPONSES, broken, in_words, not_served, not_understood
from zhanggui.api.verbs import actions, briefs, costs, experiments, imports, jobs, numbers, origins, sync
from zhanggui.app.desk import Desk
from zhanggui.app.uploads import Limits
from zhanggui.errors import ZhangguiError

PRODUCT = __name__.partition(".")[0]
PATH = "/api/v1"
ROUTERS: Sequence[APIRouter] = (
    briefs.router,
    numbers.router,
    origins.router,
    imports.router,
    sync.router,
    jobs.router,
    actions.router,
    experiments.router,
    costs.router,
)


def api_app(desk: Desk) -> FastAPI:
    """The API of one workspace, to be mounted under ``PATH``."""
    app = FastAPI(
        title=PRODUCT,
        version=version(PRODUCT),
        summary=about("summary"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=_named,
        responses=RESPONSES,
        servers=[{"url": PATH}],
        root_path_in_servers=False,
    )
    config = desk.config
    app.state.desk = desk
    app.state.locale = config.locale
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(Entrance, desk=desk, most=Limits.of(config).size)
    app.add_exception_handler(ZhangguiError, in_words)
    app.add_exception_handler(HTTPException, not_served)
    app.add_exception_handler(RequestValidationError, not_understood)
    app.add_exception_handler(Exception, broken)
    return app


def mounted(desk: Desk) -> Mount:
    """The API at its place in a server's routes. A line break in an address belongs to it too: every error has its one shape."""
    place = Mount(PATH, api_app(desk))
    place.path_regex = re.compile(place.path_regex.pattern, re.DOTALL)
    return place


def _named(route: APIRoute) -> str:
    """``actions_approve``: unique, and what a generated client calls it."""
    topic = route.endpoint.__module__.rpartition(".")[2]
    return f"{topic}_{route.name}"
