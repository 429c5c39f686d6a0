/** A request that no service takes, whatever it serves. */
export interface MalformedRequest {
  readonly path: string;
  readonly init: RequestInit;
  /** What a refusal may be. */
  readonly statuses: readonly number[];
}

/** Bytes of a body that a service must take at most, for {@linkcode malformedRequest} to send more. */
export const MALFORMED_BODY_BYTES = 64 * 1024;
/** One request in so many has a body that is too long: they take a while. */
const RARE = 50;

/**
 * The n-th malformed request: a wrong value or an unknown name in valid JSON, broken JSON, a path, a method or headers that
 * make no sense, a forged receipt, or too long a body. It is made for a service with an agent `router` whose bodies may have
 * {@linkcode MALFORMED_BODY_BYTES}.
 *
 * @param uniform In [0, 1): what is drawn. @param receipt A good one, to be forged.
 */
export function malformedRequest(index: number, uniform: () => number, receipt: string): MalformedRequest {
  const below = (limit: number): number => Math.floor(uniform() * limit);
  const random: Chance = { below, of: (items) => items[below(items.length)] };
  if (index % RARE === 0) return oversized(random);
  return random.of([mutation, brokenText, oddRequest, forgedReceipt])(random, receipt);
}

interface Chance {
  below(limit: number): number;
  of<Item>(items: readonly Item[]): Item;
}

function json(body?: string): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body };
}

const BAD_BODY = [400, 404, 413, 415];
const encoder = new TextEncoder();

/** Values that no field of a decision takes. */
const WRONG: readonly unknown[] = [
  ...[
    null,
    [],
    {},
    [[]],
    -1,
    1.5,
    1e300,
    2 ** 53,
    true,
    "",
    { __proto__: null, toString: 1 },
    [null],
    "\u0000",
    "\ud800",
  ],
];
const PLACES = [
  "/v1/decisions",
  "/v1/feedback",
  "/v1/episodes/e/end",
  "/v1/policies/router/publish",
  "/v1/policies/router/canary",
];

/** A name that no schema has. */
function unknownName({ below, of }: Chance): string {
  return `${of(["__proto__", "constructor", "prototype", "agents", "Text", "valu", "turns ", "ключ", "\u202e"])}${
    below(100)
  }`;
}

/** Changes valid JSON in one place so that it is surely not valid. */
function mutation(random: Chance, receipt: string): MalformedRequest {
  const path = random.of(PLACES);
  const valid: Record<string, Record<string, unknown>> = {
    "/v1/decisions": { text: "hi" },
    "/v1/feedback": { receipt, value: true },
    "/v1/policies/router/publish": { version: 1 },
    "/v1/policies/router/canary": { version: 1, share: 0.5 },
    "/v1/episodes/e/end": { terminated: true },
  };
  const body = { ...valid[path] };
  if (random.below(2)) body[unknownName(random)] = random.of([...WRONG, 1, "x"]);
  else {
    const name = random.of(Object.keys(body));
    const fits = (value: unknown): boolean =>
      name === "value"
        ? typeof value === "boolean"
        : name === "terminated"
        ? value === true
        : name === "text" && value === "";
    const wrong = WRONG.filter((value) => !fits(value));
    body[name] = random.of(wrong);
  }
  return { path, init: json(JSON.stringify(body)), statuses: BAD_BODY };
}

/** JSON text cut off, with a byte changed to one that cannot stand there, or doubled. */
function brokenText(random: Chance): MalformedRequest {
  const text = '{"turns":[{"role":"user","text":"häufig 🎈"}],"candidates":["a","b"],"seed":3}';
  const bytes = encoder.encode(text);
  const kind = random.below(5);
  const at = 1 + random.below(bytes.length - 1);
  const changed = Uint8Array.from(bytes);
  changed[at] = random.of([0xff, 0xc0, 0xf8, 0x00, 0x01]);
  const body = [
    bytes.slice(0, at),
    changed,
    encoder.encode(text + text.slice(0, at)),
    encoder.encode(`${'[{"a":'.repeat(40 + random.below(2000))}`),
    encoder.encode(`{"text":"a","te${random.of(["xt", "\\u0078t", "\\u0078\\u0074"])}":"b"}`),
  ][kind];
  return { path: random.of(PLACES), init: { ...json(), body }, statuses: BAD_BODY };
}

function oversized(random: Chance): MalformedRequest {
  const size = MALFORMED_BODY_BYTES + 1 + random.below(64 * 1024);
  const bytes = new Uint8Array(size).fill(0x20);
  const stream = random.below(2) === 1;
  const body = stream ? new Blob([bytes]).stream() : bytes;
  return { path: random.of(PLACES), init: { ...json(), body }, statuses: [413] };
}

function oddRequest(random: Chance): MalformedRequest {
  const path = random.of([
    ...[
      "/v1/decisions/",
      "/v1/%ff",
      "/v1/episodes/%00",
      "/v1/episodes/a%20b",
      "/..%2f..%2fetc/passwd",
      "/v1/policies/__proto__",
    ],
    ...[
      "/v1/policies/router/1e999",
      "/v1/policies/router/-1",
      "/v1/episodes?limit=1e9",
      "/v1/episodes?limit=1&limit=2",
    ],
    ...["/v1/episodes?__proto__=1", `/${"a".repeat(5000)}`, "/v1/episodes/x?y", "/V1/DECISIONS", "//v1//decisions"],
    ...["/v1/policies/router?limit=0", "/v1/episodes/none", "/v1/policies/constructor/publish"],
  ]);
  const method = random.of(["GET", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get"]);
  const headers = random.of<HeadersInit>([
    {},
    { "content-type": "application/json" },
    { "content-type": `application/${"j".repeat(3000)}` },
    { authorization: "Bearer" },
    { authorization: `Bearer ${"x".repeat(5000)}` },
    { authorization: "Basic Zm9vOmJhcg==" },
    { "x-request-id": "<script>" },
    { "content-length": "99999999999", "content-type": "application/json" },
    { "content-length": "-5", "content-type": "application/json" },
  ]);
  return { path, init: { method, headers }, statuses: [400, 404, 405, 413, 415] };
}

/** One bit of the receipt's text is another: it may become any character. */
function forgedReceipt(random: Chance, receipt: string): MalformedRequest {
  const bytes = encoder.encode(receipt);
  const bit = random.below(bytes.length * 7);
  bytes[Math.floor(bit / 7)] ^= 1 << bit % 7;
  const forged = new TextDecoder().decode(bytes);
  const more = random.of([{}, { metric: "comment", value: "x" }, { key: "k" }]);
  return {
    path: "/v1/feedback",
    init: json(JSON.stringify({ receipt: forged, value: true, ...more })),
    statuses: [400],
  };
}
