import type { Context, MiddlewareHandler } from "hono";
import { EddyError } from "../../errors.ts";
import type { Scope } from "../../store/mod.ts";
import { bearer, type Native } from "./_context.ts";

/** Lets a request through that may do all of `scopes`, by its key or because everyone may. */
export function allow(native: Native, ...scopes: readonly Scope[]): MiddlewareHandler {
  return async (c, next) => {
    requireScopes(c, native, scopes);
    await next();
  };
}

/** @throws {EddyError} `key_invalid`, or `scope_missing` saying which. */
export function requireScopes(c: Context, { deps: { access } }: Native, scopes: readonly Scope[]): void {
  if (scopes.every((scope) => access.anonymous.includes(scope))) return;
  const key = bearer(c);
  if (key === undefined) {
    throw new EddyError("key_invalid", "Cannot answer: no key was sent; send 'Authorization: Bearer KEY'");
  }
  const known = access.verify(key);
  if (!known) throw new EddyError("key_invalid", "Cannot answer: the key is unknown or was withdrawn");
  const missing = scopes.filter((scope) => !known.scopes.includes(scope) && !access.anonymous.includes(scope));
  if (missing.length > 0) {
    throw new EddyError(
      "scope_missing",
      `Cannot answer: the key '${known.name}' has no scope '${missing.join("', '")}'`,
    );
  }
}
