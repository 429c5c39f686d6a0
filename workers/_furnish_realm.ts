/** What the process around a realm may call in it. */
export interface FurnishedRealm {
  /** Calls `program` with arguments that are JSON; what comes of it is told by `outcome` once all promises ran. */
  run(program: unknown, argumentsJson: string, seed: number, clockMs: number): void;
  /** Says that what was thrown is what came of it. */
  fail(error: unknown): void;
  /** What came of it. */
  outcome(): RealmOutcome;
}

/** What came of a call: a value as JSON, or what was thrown. */
export type RealmOutcome =
  | { readonly kind: "value"; readonly json: string }
  | { readonly kind: "thrown"; readonly name: string; readonly message: string }
  | { readonly kind: "memory" };

/**
 * Takes from a fresh realm what could tell one call from another, and what is not the language's own.
 *
 * It runs inside that realm as text, so it sees nothing of this file and nobody's objects: no learned code can reach the
 * process through what it is handed. Gone are clocks, chance, locales, threads, what shows garbage collection, and
 * `Temporal`, some of whose prototypes belong to the process (Deno 2.9.6).
 */
export function furnishRealm(): FurnishedRealm {
  "use strict";
  const KEPT = "Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date " +
    "Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
    "SuppressedError DisposableStack AsyncDisposableStack globalThis JSON Math ArrayBuffer DataView Uint8Array " +
    "Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray " +
    "Float16Array Float32Array Float64Array Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect decodeURI " +
    "decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN";
  const LONGEST_MESSAGE = 2000;
  const { parse, stringify } = JSON;
  const { apply, construct, defineProperty, deleteProperty, ownKeys } = Reflect;
  const { isArray } = Array;
  const NativeDate = Date;
  let [state, clock] = [0, 0];
  let result: RealmOutcome | undefined;

  const kept = new Set<string | symbol>(KEPT.split(" "));
  for (const name of ownKeys(globalThis)) if (!kept.has(name)) deleteProperty(globalThis, name);
  deleteProperty(Date.prototype, "toTemporalInstant");

  const define = (target: object, name: string, value: unknown): boolean =>
    defineProperty(target, name, { value, writable: false, enumerable: false, configurable: false });
  // What formats a stack is called with objects of the process.
  define(Error, "prepareStackTrace", undefined);
  define(Error, "captureStackTrace", undefined);
  define(Error, "stackTraceLimit", 0);

  // splitmix32
  Math.random = (): number => {
    let x = state = (state + 0x9e3779b9) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 4294967296;
  };
  NativeDate.now = (): number => clock;
  const StoppedDate = new Proxy(NativeDate, {
    construct: (target, given, made) => construct(target, given.length > 0 ? given : [clock], made),
    apply: () => new NativeDate(clock).toString(),
  });
  NativeDate.prototype.constructor = StoppedDate;
  globalThis.Date = StoppedDate;

  const silent = (): void => {};
  const silence = { log: silent, info: silent, debug: silent, warn: silent, error: silent, table: silent };
  defineProperty(globalThis, "console", { value: silence, writable: true, configurable: true });

  const fail = (error: unknown): void => {
    const text = (name: "name" | "message", otherwise: string): string => {
      try {
        const value = (error as Error)[name];
        return typeof value === "string" ? value.slice(0, LONGEST_MESSAGE) : otherwise;
      } catch {
        return otherwise;
      }
    };
    let shown = "";
    try {
      shown = `${error}`.slice(0, LONGEST_MESSAGE);
    } catch {
      shown = "something that has no text";
    }
    const message = text("message", shown);
    result = error instanceof RangeError && /allocation failed/i.test(message)
      ? { kind: "memory" }
      : { kind: "thrown", name: text("name", "Error"), message };
  };
  const settle = async (value: unknown): Promise<void> => {
    try {
      result = { kind: "value", json: stringify(await value) ?? "null" };
    } catch (error) {
      fail(error);
    }
  };
  return {
    run(program, argumentsJson, seed, clockMs): void {
      state = seed >>> 0;
      clock = clockMs;
      try {
        if (typeof program !== "function") throw new TypeError("the code is no function; write (arguments) => result");
        const given = parse(argumentsJson);
        settle(isArray(given) ? apply(program, undefined, given) : program(given));
      } catch (error) {
        fail(error);
      }
    },
    fail,
    outcome: () => result ?? { kind: "thrown", name: "Error", message: "the promise that was returned never settles" },
  };
}
