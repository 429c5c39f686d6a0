import type { Host } from "../../src/cli/host.ts";

/** A machine in memory, whose clock and files the tests can see. */
export interface FakeHost extends Host {
  readonly files: Map<string, string>;
  readonly interrupts: Set<() => void>;
  out(): string;
  err(): string;
  advance(milliseconds: number): void;
}

/** @param options A terminal's width and height make it a terminal. */
export function fakeHost(
  options: {
    readonly columns?: number;
    readonly rows?: number;
    readonly variables?: Record<string, string>;
    readonly lines?: AsyncIterable<string>;
  } = {},
): FakeHost {
  const files = new Map<string, string>();
  const [interrupts, timers] = [new Set<() => void>(), new Set<() => void>()];
  let [out, err, now] = ["", "", 0];
  const isTerminal = options.columns !== undefined;
  const size = (): { columns: number; rows: number } => ({ columns: options.columns ?? 0, rows: options.rows ?? 0 });
  const listen = (set: Set<() => void>, listener: () => void): () => void => {
    set.add(listener);
    return () => set.delete(listener);
  };
  return {
    files,
    interrupts,
    out: () => out,
    err: () => err,
    advance(milliseconds): void {
      now += milliseconds;
      for (const timer of timers) timer();
    },
    stdin: {
      isTerminal,
      lines: () => options.lines ?? (async function* (): AsyncGenerator<string> {})(),
    },
    stdout: { isTerminal, size, write: (text) => void (out += text) },
    stderr: { isTerminal, size, write: (text) => void (err += text) },
    now: () => now,
    date: () => "2026-01-02T03:04:05.000Z",
    variable: (name) => options.variables?.[name],
    onInterrupt: (listener) => listen(interrupts, listener),
    every: (_, listener) => listen(timers, listener),
    readText: (path) => Promise.resolve(files.get(path)),
    writeText(path, text): Promise<void> {
      files.set(path, text);
      return Promise.resolve();
    },
    appendText: (path, text) => void files.set(path, (files.get(path) ?? "") + text),
    workingDirectory: "/project",
    machine: { system: "test", processor: "P<1>", cores: 2, memoryGiB: 8, runtime: "Deno", eddy: "1.2.3" },
  };
}
