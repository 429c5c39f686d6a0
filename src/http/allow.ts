import type { MiddlewareHandler } from "hono";
import { EddyError } from "../errors.ts";
import type { Scope } from "../store/mod.ts";
import type { Access } from "./app_dependencies.ts";

/** Lets a request through that everyone may make, or whose key (`Authorization: Bearer …`) has every one of `scopes`. */
export function allow(access: Access, scopes: readonly Scope[]): MiddlewareHandler {
  return async (c, next) => {
    const missing = (granted: readonly Scope[]): readonly Scope[] => scopes.filter((scope) => !granted.includes(scope));
    if (missing(access.anonymous).length > 0) {
      const key = /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
      const known = key === undefined ? undefined : access.verify(key);
      if (!known) throw new EddyError("key_invalid", "Cannot answer: no key was sent, or it is unknown or withdrawn");
      const lacks = missing([...known.scopes, ...access.anonymous]);
      if (lacks.length > 0) {
        throw new EddyError(
          "scope_missing",
          `Cannot answer: the key '${known.name}' has no scope '${lacks.join("', '")}'`,
        );
      }
    }
    await next();
  };
}
