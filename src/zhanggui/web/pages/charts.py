"""The script that makes charts interactive: from our own server, kept by the browser as long as its version stays."""

from __future__ import annotations

import gzip

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from zhanggui.app import numbers
from zhanggui.web.kinds import Page

router = APIRouter()
PAGE = Page("charts", "/charts", router)


@router.get("/charts/{version}/vega.js")
def script(request: Request, version: str) -> Response:
    """The script, compressed where the browser takes that; another version than ours is not there."""
    known, made = numbers.chart_script()
    if version != known:
        raise HTTPException(404)
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(made(), media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(made()), media_type="text/javascript", headers=headers)
