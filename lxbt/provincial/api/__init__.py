"""The served addresses, `/provincial/v1/`: read the request, call one operation, answer as JSON.

The OpenAPI file tells every answer.
"""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI

from lxbt.provincial.api.batches import router as batches
from lxbt.provincial.api.codes import router as codes
from lxbt.provincial.api.errors import Fault, answer_faults
from lxbt.provincial.api.gate import Signed
from lxbt.provincial.api.manifests import router as manifests
from lxbt.provincial.api.push import router as push
from lxbt.provincial.api.status import router as status
from lxbt.provincial.api.webhooks import router as webhooks
from lxbt.provincial.rules import signing

FAULTS = {
    "400": "内容不符合格式，或没有收全",
    "401": "签名、时间、随机串或证书不对",
    "403": "接入系统已停用",
    "404": "没有这个地址或这条记录",
    "405": "这个地址不接受这种方法",
    "409": "与先前的请求冲突",
    "413": "内容太大",
    "415": "内容类型不对",
    "422": "拒绝办理",
    "429": "超过每分钟请求数",
}
HEADERS = {
    signing.CLIENT: "接入系统的标识",
    signing.KEY: "密钥编号",
    signing.TIME: "请求时间，RFC 3339，带时区",
    signing.NONCE: "随机串，16 到 64 个字符，只用一次",
    signing.DIGEST: "sm3= 加请求体的 SM3 摘要，64 位小写十六进制数",
}


class ProvincialAPI(NinjaAPI):
    """The API, whose OpenAPI file names the headers and the faults that every address has in common."""

    def get_openapi_schema(self, **asked: Any) -> Any:
        """The OpenAPI file."""
        schema = super().get_openapi_schema(**asked)
        schema["components"].setdefault("schemas", {})["Fault"] = Fault.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        schema["components"]["schemas"].update(schema["components"]["schemas"]["Fault"].pop("$defs", {}))
        signed = [
            {"name": name, "in": "header", "required": True, "description": why, "schema": {"type": "string"}}
            for name, why in HEADERS.items()
        ]
        fault = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["parameters"] = [*operation.get("parameters", []), *signed]
                for code, why in FAULTS.items():
                    operation["responses"].setdefault(code, {"description": why, "content": fault})
        return schema


api = ProvincialAPI(
    title="残疾人两项补贴 · 省级系统接口",
    version="1",
    description="docs/provincial.md",
    urls_namespace="provincial",
    docs_url=None,
    openapi_url="/openapi.json",
    auth=Signed(),
)
answer_faults(api)
for router in (push, batches, codes, status, manifests, webhooks):
    api.add_router("", router)
