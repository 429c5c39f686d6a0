import type { MiddlewareHandler } from "hono";
import { EddyError } from "../errors.ts";
import type { Scope } from "../store/mod.ts";
import type { Access } from "./app_dependencies.ts";

/** Lets a request through whose key (`Authorization: Bearer …`) has every one of `scopes`. */
export function allow(access: Access, scopes: readonly Scope[]): MiddlewareHandler {
  return async (c, next) => {
    const key = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    const granted = key === undefined ? access.anonymous : access.verify(key)?.scopes;
    if (!granted) throw new EddyError("key_invalid", "Cannot answer: the key is unknown or revoked");
    const missing = scopes.filter((scope) => !granted.includes(scope));
    if (missing.length) {
      throw new EddyError("scope_missing", `Cannot answer: it takes a key with the scope '${missing.join("', '")}'`);
    }
    await next();
  };
}
