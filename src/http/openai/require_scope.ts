import type { Context, MiddlewareHandler } from "hono";
import type { Scope } from "../../store/mod.ts";
import type { AppDependencies } from "../app_dependencies.ts";
import { OpenAiError } from "./open_ai_error.ts";

/**
 * Lets a request through that may do `scope`, by its key or because everyone may. Official clients always send a key, so
 * an unknown one does no harm where none is needed.
 *
 * @throws {OpenAiError} 401 `invalid_api_key`, 403 `insufficient_scope`.
 */
export function requireScope({ access }: AppDependencies, scope: Scope): MiddlewareHandler {
  return async (c, next) => {
    if (!access.anonymous.includes(scope)) check(bearer(c));
    await next();
  };

  function check(key: string | undefined): void {
    if (key === undefined) {
      throw new OpenAiError("Cannot answer: no key was sent; send `Authorization: Bearer KEY`", {
        status: 401,
        code: "invalid_api_key",
      });
    }
    const known = access.verify(key);
    if (!known) {
      throw new OpenAiError("Cannot answer: the key is unknown or was withdrawn", {
        status: 401,
        code: "invalid_api_key",
      });
    }
    if (!known.scopes.includes(scope)) {
      throw new OpenAiError(`Cannot answer: the key '${known.name}' has no scope '${scope}'`, {
        status: 403,
        code: "insufficient_scope",
      });
    }
  }
}

function bearer(c: Context): string | undefined {
  return /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}
