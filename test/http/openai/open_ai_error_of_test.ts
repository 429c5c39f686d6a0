import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { EddyError } from "../../../src/errors.ts";
import { isOpenAiPath } from "../../../src/http/openai/mod.ts";
import { openAiErrorOf } from "../../../src/http/openai/open_ai_error_of.ts";
import { OPEN_AI_DESCRIPTIONS } from "../../../src/http/openai/open_ai_descriptions.ts";
import { Refusal } from "../../../src/http/refusal.ts";

describe("openAiErrorOf()", () => {
  it("tells what the layers around the routes refuse, with status, word and time to wait", async () => {
    const refusals: [Error, number, string, string, string | null][] = [
      [
        new Refusal("rate_limited", "Cannot", { "retry-after": "3" }),
        429,
        "rate_limit_error",
        "rate_limit_exceeded",
        "3",
      ],
      [new Refusal("overloaded", "Cannot", { "retry-after": "1" }), 503, "server_error", "overloaded", "1"],
      [new Refusal("timed_out", "Cannot"), 504, "server_error", "timed_out", null],
      [new Refusal("key_missing", "Cannot"), 401, "authentication_error", "invalid_api_key", null],
      [new Refusal("scope_missing", "Cannot"), 403, "permission_error", "scope_missing", null],
      [
        new Refusal("content_type_unsupported", "Cannot"),
        415,
        "invalid_request_error",
        "content_type_unsupported",
        null,
      ],
      [new EddyError("store_unavailable", "Cannot"), 503, "server_error", "store_unavailable", "1"],
    ];
    for (const [error, status, type, code, wait] of refusals) {
      const response = openAiErrorOf(error).response();
      equal(response.status, status);
      equal(response.headers.get("retry-after"), wait);
      deepEqual(await response.json(), { error: { message: "Cannot", type, param: null, code } });
    }
  });

  it("says nothing of what only the server may know", () => {
    for (const error of [new Error("secret"), new EddyError("checkpoint_invalid", "secret"), "secret"]) {
      const told = openAiErrorOf(error);
      equal(told.status, 500);
      ok(!JSON.stringify(told.body()).includes("secret"));
      equal(told.cause, error);
    }
  });
});

describe("isOpenAiPath()", () => {
  it("knows every path of the group, and no other", () => {
    for (const { path } of OPEN_AI_DESCRIPTIONS) ok(isOpenAiPath(path), path);
    for (const path of ["/v1/decisions", "/v1/completionsx", "/v1/chat", "/models", "/v1/modelsx"]) {
      ok(!isOpenAiPath(path), path);
    }
  });
});
