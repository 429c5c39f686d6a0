import { EddyError } from "../../errors.ts";
import type { SandboxResult } from "./sandbox.ts";
import type { SandboxLimits } from "./sandbox_limits.ts";
import type { SandboxAnswer, SandboxHost, SandboxProcess, SandboxRequest } from "./sandbox_process.ts";

/** Room for what stands around a value in an answer. */
const ENVELOPE_BYTES = 1024;

/** One process and what is known of it. */
export interface SandboxWorker {
  /** Calls so far. */
  readonly calls: number;
  /** What they took together, in milliseconds. */
  readonly busyMs: number;
  /** Makes one call. After anything but a value or an error it must be ended: what it does is not known. */
  call(request: SandboxRequest, deadlineMs: number): Promise<SandboxResult>;
  /** Ends it, and resolves when nothing of it runs any more. */
  end(): Promise<void>;
}

/**
 * Starts a process and waits until it is ready.
 *
 * @param now Milliseconds of a clock that never goes back.
 * @throws {EddyError} `sandbox_unavailable` If it ends or is silent.
 */
export async function startSandboxWorker(
  host: SandboxHost,
  limits: SandboxLimits,
  now: () => number,
): Promise<SandboxWorker> {
  const child = host.start(limits);
  const answers = readAnswers(child, limits.outputBytes + ENVELOPE_BYTES);
  const writer = child.input.getWriter();
  const encoder = new TextEncoder();
  let [calls, busyMs] = [0, 0];

  const end = async (): Promise<void> => {
    child.kill();
    await writer.abort().catch(ignoreEnded);
    await answers.close();
    await child.ended;
  };
  const first = await answers.next(limits.startMs);
  if (typeof first === "string" || first.kind !== "ready") {
    await end();
    const { code, complaint } = await child.ended;
    const state = first === "silent" ? `it was not ready within ${limits.startMs} ms` : `it ended with code ${code}`;
    throw new EddyError("sandbox_unavailable", `Cannot start a sandbox: ${state}. ${complaint}`.trim());
  }
  return {
    get calls(): number {
      return calls;
    },
    get busyMs(): number {
      return busyMs;
    },
    async call(request, deadlineMs): Promise<SandboxResult> {
      const started = now();
      calls++;
      // A process that has ended takes nothing: that it did is told by its answers.
      writer.write(encoder.encode(`${JSON.stringify(request)}\n`)).catch(ignoreEnded);
      const answer = await answers.next(deadlineMs);
      busyMs += now() - started;
      if (answer === "silent") return { kind: "timeout", deadlineMs };
      if (answer === "flooded") return { kind: "output", limitBytes: limits.outputBytes };
      if (answer === "garbled") return { kind: "killed", reason: "it answered with something else than an answer" };
      if (answer === "ended") return await deathOf(child);
      if (answer.kind === "output") return { kind: "output", limitBytes: limits.outputBytes };
      return answer.kind === "ready" ? { kind: "killed", reason: "it started again" } : answer;
    },
    end,
  };
}

/** Streams of a process that has ended refuse everything; its end is told by `ended`. */
function ignoreEnded(): void {}

/** V8 says that memory ran out, and aborts. */
async function deathOf(child: SandboxProcess): Promise<SandboxResult> {
  const { code, complaint } = await child.ended;
  if (/out of memory|allocation fail|heap limit/i.test(complaint)) return { kind: "memory" };
  return { kind: "killed", reason: `it ended with code ${code}` };
}

type Unanswered = "silent" | "ended" | "flooded" | "garbled";

interface Answers {
  /** The next line. */
  next(deadlineMs: number): Promise<SandboxAnswer | Unanswered>;
  close(): Promise<void>;
}

/** Reads lines, and stops where one is too long or is no answer. */
function readAnswers(child: SandboxProcess, mostBytes: number): Answers {
  const reader = child.output.getReader();
  const waiting: ((answer: SandboxAnswer | Unanswered) => void)[] = [];
  const told: (SandboxAnswer | Unanswered)[] = [];
  let over: Unanswered | undefined;
  const tell = (answer: SandboxAnswer | Unanswered): void => {
    const next = waiting.shift();
    if (next) next(answer);
    else told.push(answer);
  };
  const stop = (why: Unanswered): void => {
    over ??= why;
    while (waiting.length > 0) tell(why);
  };
  const reading = (async () => {
    const decoder = new TextDecoder();
    let line = "";
    let bytes = 0;
    while (!over) {
      const { value, done } = await reader.read();
      if (done) return stop("ended");
      bytes += value.length;
      const pieces = decoder.decode(value, { stream: true }).split("\n");
      for (const piece of pieces.slice(0, -1)) {
        const answer = parseAnswer(line + piece);
        line = "";
        bytes = 0;
        if (answer === undefined) return stop("garbled");
        tell(answer);
      }
      line += pieces[pieces.length - 1];
      if (bytes > mostBytes) return stop("flooded");
    }
  })().catch(() => stop("ended"));
  return {
    next(deadlineMs): Promise<SandboxAnswer | Unanswered> {
      const ready = told.shift() ?? over;
      if (ready) return Promise.resolve(ready);
      return new Promise((resolve) => {
        const timer = setTimeout(() => stop("silent"), deadlineMs);
        waiting.push((answer) => (clearTimeout(timer), resolve(answer)));
      });
    },
    async close(): Promise<void> {
      stop("ended");
      await reader.cancel().catch(ignoreEnded);
      await reading;
    },
  };
}

const KINDS: readonly unknown[] = ["ready", "value", "thrown", "memory", "output"];

function parseAnswer(line: string): SandboxAnswer | undefined {
  try {
    const answer = JSON.parse(line);
    return KINDS.includes(answer?.kind) ? answer : undefined;
  } catch {
    return undefined;
  }
}
