import type { MiddlewareHandler } from "hono";
import type { Scope } from "../store/mod.ts";
import type { AppEnvironment, Caller } from "./app_environment.ts";
import { Refusal } from "./refusal.ts";

/** Lets requests through that may do `scope`, by their key or because everyone may. @throws {Refusal} As `checkScope`. */
export function requireScope(scope: Scope): MiddlewareHandler<AppEnvironment> {
  return async (c, next) => {
    checkScope(c.get("caller"), scope);
    await next();
  };
}

/** @throws {Refusal} `key_missing`, `key_invalid` (401), or `scope_missing` (403) If the caller may not do `scope`. */
export function checkScope({ name, scopes, unknownKey }: Caller, scope: Scope): void {
  if (scopes.includes(scope)) return;
  if (unknownKey) throw new Refusal("key_invalid", "Cannot answer: the key is unknown or was withdrawn");
  if (name === undefined) {
    throw new Refusal("key_missing", `Cannot answer: send 'authorization: Bearer KEY' with a key that may '${scope}'`);
  }
  throw new Refusal("scope_missing", `Cannot answer: the key '${name}' has no scope '${scope}'`);
}
