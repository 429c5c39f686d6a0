import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  openSandbox,
  type Sandbox,
  type SandboxHost,
  type SandboxProcess,
  type SandboxResult,
} from "../../src/agent/mod.ts";
import { sandboxHost } from "../../src/cli/sandbox_host.ts";

/** Processes that run, counted as they start and end. */
const alive = new Set<object>();
const host = sandboxHost();
const counted: SandboxHost = {
  start(limits): SandboxProcess {
    const child = host.start(limits);
    alive.add(child);
    child.ended.then(() => alive.delete(child));
    return child;
  },
  close: () => host.close(),
};
/** Long enough for a machine with much to do: what is to end does so by itself. */
const PATIENCE = 30_000;
let sandbox: Sandbox;

const run = (code: string, given: unknown = [], deadline = PATIENCE): Promise<SandboxResult> =>
  sandbox.call(code, given, { deadline });
async function value(code: string, given: unknown = []): Promise<unknown> {
  const result = await run(code, given);
  equal(result.kind, "value", JSON.stringify(result));
  return result.kind === "value" ? result.value : undefined;
}
async function thrown(code: string): Promise<string> {
  const result = await run(code);
  equal(result.kind, "thrown", `${code}: ${JSON.stringify(result).slice(0, 200)}`);
  return result.kind === "thrown" ? `${result.name}: ${result.message}` : "";
}

/** Paths from `root` to objects that another realm made: their last prototype is another `Object.prototype`. */
const FOREIGN = `(root) => {
  const [foreign, seen, left] = [[], new Set(), [[root, ""]]];
  while (left.length > 0) {
    const [object, path] = left.pop();
    if (Object(object) !== object || seen.has(object)) continue;
    seen.add(object);
    let last = object;
    for (let next = last; next; next = Object.getPrototypeOf(next)) last = next;
    if (last !== Object.prototype && Object.hasOwn(last, "hasOwnProperty")) { foreign.push(path); continue; }
    left.push([Object.getPrototypeOf(object), path + ".__proto__"]);
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
      for (const part of [value, get, set]) left.push([part, path + "." + String(key)]);
    }
  }
  return { foreign, seen: seen.size };
}`;

describe("workers/sandbox", () => {
  beforeAll(async () => {
    sandbox = await openSandbox({
      host: counted,
      now: () => performance.now(),
      size: 1,
      limits: { heapMiB: 16, memoryMiB: 704, outputBytes: 10_000 },
    });
  });
  afterAll(() => sandbox.close());

  describe("calls", () => {
    it("with JSON, sync or async, by name or by position", async () => {
      equal(await value("({ a, b }) => a + b", { a: 1, b: 2 }), 3);
      equal(await value("(a, b) => a - b", [5, 2]), 3);
      equal(await value("async (word) => { await null; return word.length; }", "abc"), 3);
      equal(await value("function f(n) { return n < 2 ? 1 : n * f(n - 1) } // by itself", 5), 120);
      deepEqual(await value("() => [undefined, NaN, { a: undefined }, 'ü\\n\\u2028']"), [null, null, {}, "ü\n\u2028"]);
      equal(await value("() => {}"), null);
      deepEqual(await value("(x) => x", { "__proto__": 1, deep: [[{}]] }), { "__proto__": 1, deep: [[{}]] });
    });

    it("tells what was thrown, whatever it is", async () => {
      equal(await thrown("() => null.x"), "TypeError: Cannot read properties of null (reading 'x')");
      match(await thrown("() => {"), /^SyntaxError/);
      match(await thrown("42"), /no function/);
      equal(await thrown("() => { throw 'a word' }"), "Error: a word");
      match(await thrown("() => { throw { toString() { throw 1 } } }"), /no text/);
      match(await thrown("() => { throw new Proxy({}, { get() { throw 1 } }) }"), /no text/);
      match(await thrown("() => { const a = {}; a.a = a; return a }"), /circular/);
      match(await thrown("() => 1n"), /BigInt/);
      match(await thrown("() => { const f = () => f(); f() }"), /RangeError: Maximum call stack/);
      match(await thrown("() => new Promise(() => {})"), /never settles/);
      match(await thrown("async () => { await new Promise(() => {}) }"), /never settles/);
      ok((await thrown("() => { throw new Error('x'.repeat(1e5)) }")).length < 3000);
    });

    it("gives equal results for equal calls: chance is seeded, clocks stand", async () => {
      const code = `() => [Math.random(), Math.random(), Date.now(), new Date().toISOString(), Date(),
        String(new (class extends Date {})()), new Date(0).constructor === Date, new Date(2020, 1).toISOString()]`;
      const [first] = [await value(code)];
      deepEqual(await value(code), first);
      match(JSON.stringify(first), /1970-01-01T00:00:00.000Z.*2020-02-01T00:00:00.000Z/);
      const other = await sandbox.call(code, [], { seed: 7, clockMs: 86_400_000, deadline: PATIENCE });
      notEqual(JSON.stringify(other), JSON.stringify({ kind: "value", value: first }));
      match(JSON.stringify(other), /1970-01-02T/);
    });
  });

  describe("leaks", () => {
    it("no import, literal or not, of files, data, network, packages or built-ins", async () => {
      match(await thrown(`import t from "file:///etc/hostname" with { type: "text" }; () => t`), /SyntaxError/);
      match(await thrown(`1); import t from "file:///etc/hostname" with { type: "text" }; (() => t`), /SyntaxError/);
      match(await thrown("() => import.meta.url"), /SyntaxError/);
      for (
        const name of [
          "file:///etc/hostname",
          "data:text/javascript,0",
          "http://127.0.0.1/",
          "npm:zod",
          "node:fs",
          "v8",
        ]
      ) {
        match(await thrown(`() => import("${name}")`), /^TypeError/);
        match(await thrown(`() => import("${name}", { with: { type: "text" } })`), /^TypeError/);
      }
    });

    for (
      const name of ("Deno process require module fetch WebSocket EventSource Worker BroadcastChannel MessageChannel " +
        "postMessage caches localStorage navigator performance setTimeout setInterval setImmediate queueMicrotask " +
        "crypto location self window global name prompt alert WebAssembly SharedArrayBuffer Atomics WeakRef " +
        "FinalizationRegistry Intl Temporal structuredClone reportError").split(" ")
    ) {
      it(`no ${name}`, async () => {
        equal(await value(`() => typeof ${name} + typeof globalThis.${name}`), "undefinedundefined");
      });
    }

    it("nothing that the process made can be reached from the realm", async () => {
      const { foreign, seen } = await value(`() => (${FOREIGN})(globalThis)`) as { foreign: string[]; seen: number };
      deepEqual(foreign, []);
      ok(seen > 500, `${seen}`);
      const reached = `() => { const f = (${FOREIGN}); const parts = [(function () { return this })(), f.caller,
        Object.getOwnPropertyDescriptor(globalThis, "Array"), import("x").catch(() => {}), new Date(), console.log,
        (function* () {})(), (async function* () {})(), /x/.exec("x"), [][Symbol.iterator](), Error("x"),
        Date.prototype.toTemporalInstant, new Proxy({}, {})];
        try { parts.push(arguments.callee) } catch (error) { parts.push(error) }
        return parts.flatMap((part) => f(part).foreign) }`;
      match(await thrown(reached), /caller/);
      deepEqual(await value(reached.replace("f.caller,", "")), []);
    });

    it("no error of the process where the stack overflows", async () => {
      deepEqual(
        await value(`() => {
          let [count, foreign] = [0, 0];
          const see = (error) => { count++; if (!(error instanceof Error)) foreign++ };
          const uses = [() => new Error("x").stack, () => import("x").catch(see), () => new Date(), () => Math.random(),
            () => console.log(1), () => Object.defineProperty(globalThis, "q", { value: 1, configurable: true }),
            () => JSON.stringify({ toJSON: () => 1 }), () => Promise.resolve().then(see), () => eval("1")];
          const fall = () => { try { fall() } catch (error) { see(error);
            for (const use of uses) try { use() } catch (inner) { see(inner) }
            if (count < 2000) throw error; } };
          try { fall() } catch {}
          return [count >= 2000, foreign];
        }`),
        [true, 0],
      );
    });

    it("no frame of the process in a stack, and nobody formats it", async () => {
      match(await thrown("() => { Error.prepareStackTrace = (_, sites) => sites }"), /read only/);
      match(await thrown("() => { Object.defineProperty(Error, 'stackTraceLimit', { value: 9 }) }"), /redefine/);
      equal(await value("() => typeof Error.captureStackTrace + new Error('x').stack"), "undefinedError: x");
      equal(
        await value(`() => {
          let sites = 0;
          class Own extends Error { static prepareStackTrace(_, found) { sites = found; return 1 } }
          for (const Kind of [Own, TypeError]) { try { Kind.prepareStackTrace = (_, found) => (sites = found, 1) } catch {} }
          new Own("x").stack; try { null.x } catch (error) { error.stack }
          return sites;
        }`),
        0,
      );
    });

    it("no code from text", async () => {
      for (
        const code of ["eval('1')", "Function('return 1')()", "(async () => {}).constructor('1')()", "(0, eval)('1')"]
      ) match(await thrown(`() => ${code}`), /^EvalError/);
      match(await thrown("() => (function* () {}).constructor('')"), /^EvalError/);
    });

    it("nothing of one call is there in the next", async () => {
      await run(`() => {
        globalThis.kept = 1; Array.prototype.kept = 1; Object.prototype.kept = 1; JSON.stringify = () => '"forged"';
        JSON.parse = () => 7; Reflect.apply = () => 7; Promise.prototype.then = () => 7; String.prototype.split = null;
        console.log.kept = 1; Math.random(); Math.kept = 1; Date.now = () => 7; globalThis.Date = null;
        Symbol.for("kept").description; /(k)ept/.exec("kept");
        Promise.resolve().then(() => { globalThis.later = 1 }); (async () => { for (let i = 0; i < 1000; i++) await i })();
        Promise.reject(new Error("nobody hears"));
        return 1;
      }`);
      deepEqual(
        await value(
          `(x) => [typeof kept, typeof later, [].kept, ({}).kept, Math.kept, RegExp.$1, console.log.kept, x, Date.now()]`,
          [5],
        ),
        ["undefined", "undefined", null, null, null, "", null, 5, 0],
      );
      equal(await value("() => Math.random()"), await value("() => Math.random()"));
    });
  });

  describe("bombs", () => {
    /** What comes of it, and that the process is another one afterwards, and works. */
    async function replaced(kinds: readonly string[], code: string, deadline = PATIENCE): Promise<void> {
      equal(await value("() => 1"), 1);
      const [before] = alive;
      const result = await run(code, [], deadline);
      ok(kinds.includes(result.kind), `${code}: ${JSON.stringify(result).slice(0, 200)}`);
      equal(await value("() => 1"), 1);
      ok(!alive.has(before), "the process goes on");
      equal(alive.size, 1);
    }
    const SOON = 50;

    it("an endless loop", () => replaced(["timeout"], "() => { for (;;); }", SOON));
    it("a loop at the top", () => replaced(["timeout"], "(() => { for (;;); })()", SOON));
    it("an endless async loop", () => replaced(["timeout"], "async () => { for (;;) await null; }", SOON));
    it("a loop that is left behind", () =>
      replaced(["timeout"], "() => { (async () => { for (;;) await null; })(); return 1 }", SOON));
    it("a regular expression", () => replaced(["timeout"], `() => /(a+)+$/.test("a".repeat(60) + "b")`, SOON));
    it("a result that never ends", () =>
      replaced(["timeout"], "() => new Proxy({}, { ownKeys() { for (;;); } })", SOON));
    it("an error that never ends", () =>
      replaced(["timeout"], "() => { throw new Proxy({}, { get() { for (;;); } }) }", SOON));
    it("a heap of arrays", () =>
      replaced(["memory"], "() => { const a = []; for (;;) a.push(Array(1e4).fill(0.5)); }"));
    it("buffers", () => replaced(["memory"], "() => { const a = []; for (;;) a.push(new ArrayBuffer(1 << 24)); }"));
    it("one buffer", () => replaced(["memory"], "() => new Uint8Array(2 ** 32)"));

    it("a string that doubles, and a result deeper than the stack", async () => {
      ok(["thrown", "memory"].includes((await run("() => { let s = 'x'; for (;;) s += s; }")).kind));
      const deep = await run("() => { let a = []; for (let i = 0; i < 1e6; i++) a = [a]; return a; }");
      ok(["thrown", "memory", "output"].includes(deep.kind), deep.kind);
      equal(await value("() => 1"), 1);
    });

    it("memory that is shared or of WebAssembly does not exist", async () => {
      match(await thrown("() => new SharedArrayBuffer(8)"), /ReferenceError/);
      match(await thrown("() => new WebAssembly.Memory({ initial: 1e4 })"), /ReferenceError/);
      match(await thrown("() => Atomics.wait(new Int32Array(1), 0, 0)"), /ReferenceError/);
    });

    it("an answer that is too long", async () => {
      deepEqual(await run("() => 'x'.repeat(10_000)"), { kind: "output", limitBytes: 10_000 });
      deepEqual(await run("() => 'ü'.repeat(5000)"), { kind: "output", limitBytes: 10_000 });
      equal(await value("() => 'x'.repeat(9000).length"), 9000);
      match(await thrown("() => { for (;;) postMessage('flood') }"), /ReferenceError/);
    });
  });

  describe("the process itself, without a realm", () => {
    const limits = {
      deadlineMs: 1,
      heapMiB: 64,
      processorSeconds: 1,
      outputBytes: 1,
      inputUnits: 1,
      calls: 1,
      waitMs: 1,
      startMs: 1,
    };
    async function inTheOpen(
      text: string,
      memoryMiB = 768,
    ): Promise<{ code: number; said: string; complaint: string }> {
      const open = sandboxHost(new URL("./_open_program.ts", import.meta.url));
      const child = open.start({ ...limits, memoryMiB });
      const writer = child.input.getWriter();
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
      const said = await new Response(child.output).text();
      const end = await child.ended;
      await open.close();
      return { ...end, said };
    }

    it("may neither read, write, connect, listen, start, load nor ask, nor import", async () => {
      const probes: Record<string, string> = {
        read: `Deno.readTextFileSync("/etc/hostname")`,
        stat: `Deno.statSync("/etc/hostname")`,
        write: `Deno.writeTextFileSync("kept", "x")`,
        import: `await import("file:///etc/hostname", { with: { type: "text" } })`,
        remote: `await import("http://127.0.0.1:1/x.js")`,
        package: `await import("npm:zod")`,
        fetch: `await fetch("http://127.0.0.1:1/")`,
        connect: `await Deno.connect({ port: 1 })`,
        listen: `Deno.listen({ port: 0 })`,
        names: `await Deno.resolveDns("localhost", "A")`,
        variables: `Deno.env.toObject()`,
        run: `new Deno.Command("true").outputSync()`,
        load: `Deno.dlopen("libc.so.6", {})`,
        system: `Deno.hostname()`,
        kill: `Deno.kill(Deno.ppid, "SIGCONT")`,
        rows: `new (await import("node:sqlite")).DatabaseSync("kept.db")`,
        files: `(await import("node:fs")).readFileSync("/etc/hostname")`,
        worker: `await new Promise((resolve, reject) => { const worker = new Worker("data:text/javascript," +
          encodeURIComponent('import t from "file:///etc/hostname" with { type: "text" }; postMessage(t)'),
          { type: "module" }); worker.onmessage = resolve;
          worker.onerror = (event) => { event.preventDefault(); reject(new Error("refused")) } })`,
      };
      const text = Object.entries(probes).map(([name, probe]) =>
        `try { ${probe}; console.log("LEAK ${name}") } catch { console.log("${name}") }`
      ).join("\n");
      // A worker needs more memory than learned code is given.
      const { said, complaint } = await inTheOpen(text, 8192);
      deepEqual(said.trim().split("\n"), Object.keys(probes), `${said}${complaint}`);
    });

    it("ends when its processor time does", async () => {
      const { code, said } = await inTheOpen("console.log('starts'); for (;;);");
      equal(said, "starts\n");
      notEqual(code, 0);
    });

    it("ends when its memory does, whatever it tells V8", async () => {
      const { code, said } = await inTheOpen(`
        (await import("node:v8")).setFlagsFromString("--max-old-space-size=100000");
        let megabytes = 0;
        try { for (const kept = [];; megabytes += 16) kept.push(new ArrayBuffer(1 << 24)); } catch { }
        console.log(megabytes);
        for (const kept = [];;) kept.push(Array(1e5).fill(0.5));`);
      ok(Number(said) < 768, said);
      notEqual(code, 0);
    });
  });
});
