/**
 * Where learned code runs: a process without permissions that calls one function a line, each in a realm of its own.
 *
 * It reads a `SandboxRequest` a line and answers with a `SandboxAnswer` a line. It never turns the event loop: nothing
 * that a call leaves behind can run later. The realm of the next call is made after the answer is written, so that nobody
 * waits for it. Start it with `sandboxHost()` of the command line, which takes permissions, network and memory away.
 */
import { constants, createContext, Script } from "node:vm";
import type { SandboxAnswer, SandboxRequest } from "../src/agent/sandbox/sandbox_process.ts";
import { type FurnishedRealm, furnishRealm, type RealmOutcome } from "./_furnish_realm.ts";

const { stdin, stdout } = Deno;
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
const furnish = new Script(`(${furnishRealm})()`);
const settlePromises = new Script("undefined");

interface Realm {
  readonly context: object;
  readonly furnished: FurnishedRealm;
}

/** Built-ins and nothing else; text cannot become code, and promises run when a script ends. */
function openRealm(): Realm {
  const context = createContext(constants.DONT_CONTEXTIFY as unknown as undefined, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: "afterEvaluate",
  });
  return { context, furnished: furnish.runInContext(context) };
}

function call({ context, furnished }: Realm, request: SandboxRequest): RealmOutcome {
  const { code, argumentsJson, seed, clockMs } = request;
  try {
    const program = new Script(`"use strict";(${code}\n)`).runInContext(context);
    furnished.run(program, argumentsJson, seed, clockMs);
    settlePromises.runInContext(context);
  } catch (error) {
    furnished.fail(error);
  }
  return furnished.outcome();
}

function answerTo(outcome: RealmOutcome, mostBytes: number): Uint8Array {
  const answer = outcome.kind === "value" ? `{"kind":"value","value":${outcome.json}}` : JSON.stringify(outcome);
  const bytes = encoder.encode(`${answer}\n`);
  if (bytes.length <= mostBytes) return bytes;
  return encoder.encode(`${JSON.stringify({ kind: "output" } satisfies SandboxAnswer)}\n`);
}

function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += stdout.writeSync(bytes.subarray(at));
}

/** What comes in, cut at the ends of lines. */
function* lines(): Generator<string> {
  const chunk = new Uint8Array(65536);
  let parts: Uint8Array[] = [];
  for (let size = stdin.readSync(chunk); size !== null; size = stdin.readSync(chunk)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0 && end < size; end = chunk.indexOf(10, from)) {
      parts.push(chunk.slice(from, end));
      yield parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
      [parts, from] = [[], end + 1];
    }
    parts.push(chunk.slice(from, size));
  }
}

let realm = openRealm();
// Should a call ever leave its realm, it finds no more outside: no Deno, no fetch, no Worker.
const language = new Set<string>(new Script("Object.getOwnPropertyNames(globalThis)").runInContext(realm.context));
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!language.has(name)) Reflect.deleteProperty(globalThis, name);
}
write(encoder.encode(`${JSON.stringify({ kind: "ready" } satisfies SandboxAnswer)}\n`));
for (const line of lines()) {
  const request = JSON.parse(line) as SandboxRequest;
  write(answerTo(call(realm, request), request.outputBytes));
  realm = openRealm();
}
