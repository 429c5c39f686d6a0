import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import project from "../../deno.json" with { type: "json" };
import type { Host, TextOutput } from "./host.ts";

/** The {@linkcode Host} that Deno is. */
export function denoHost(): Host {
  return {
    stdout: output(Deno.stdout),
    stderr: output(Deno.stderr),
    stdin: { isTerminal: Deno.stdin.isTerminal(), lines },
    now: () => performance.now(),
    date: () => new Date().toISOString(),
    variable: (name) => Deno.env.get(name),
    onInterrupt(listener): () => void {
      const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
      for (const signal of signals) Deno.addSignalListener(signal, listener);
      return () => signals.forEach((signal) => Deno.removeSignalListener(signal, listener));
    },
    every(milliseconds, listener): () => void {
      const timer = setInterval(listener, milliseconds);
      return () => clearInterval(timer);
    },
    async readText(path): Promise<string | undefined> {
      try {
        return await Deno.readTextFile(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    async writeText(path, text): Promise<void> {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(`${path}.new`, text);
      await Deno.rename(`${path}.new`, path);
    },
    appendText: (path, text) => Deno.writeTextFileSync(path, text, { append: true }),
    workingDirectory: Deno.cwd(),
    machine: {
      system: `${Deno.build.os} ${Deno.build.arch}`,
      processor: cpus()[0]?.model.trim() ?? "unknown",
      cores: navigator.hardwareConcurrency,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      runtime: `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
      eddy: project.version,
    },
  };
}

function output(stream: typeof Deno.stdout): TextOutput {
  const isTerminal = stream.isTerminal();
  return {
    isTerminal,
    write(text): void {
      const bytes = new TextEncoder().encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        Deno.exit(141); // nobody reads on, as after `| head`: what SIGPIPE would do
      }
    },
    size(): { columns: number; rows: number } {
      try {
        return Deno.consoleSize();
      } catch {
        return { columns: 0, rows: 0 }; // no terminal on any stream
      }
    },
  };
}

async function* lines(): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const whole = (rest + text).split(/\r?\n/);
    rest = whole.pop()!;
    yield* whole;
  }
  if (rest !== "") yield rest;
}
