import { fileURLToPath } from "node:url";

/** A folder with a configuration of a small service, and `eddy` run in it. */
export interface Program extends AsyncDisposable {
  readonly folder: string;
  readonly configuration: string;
  /** Runs one command to its end. */
  eddy(words: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended>;
}

/** How a program ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

/** @param http Of the configuration. */
export async function program(http: Readonly<Record<string, unknown>> = {}): Promise<Program> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-test-" });
  const configuration = `${folder}/eddy.config.json`;
  const policy = { kind: "reward-model", options: { model: "logistic", hashBits: 12 } };
  const agents = {
    router: { policy, candidates: ["billing", "sales"], gate: { delayJudgements: 8, everyJudgements: 4 } },
  };
  await Deno.writeTextFile(configuration, JSON.stringify({ agents, http: { port: 0, ...http } }));
  return {
    folder,
    configuration,
    async eddy(words, variables = {}): Promise<Ended> {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", MAIN, ...words],
        cwd: folder,
        env: { ...variables, NO_COLOR: "1" },
        stdin: "null",
      }).output();
      const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Sends JSON. @throws {Error} If the answer is no success. */
export async function post(url: string, body: unknown, key?: string): Promise<Record<string, unknown>> {
  const response = await send(url, body, key);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Sends JSON and gives the status. */
export async function statusOf(url: string, body: unknown, key?: string): Promise<number> {
  const response = await send(url, body, key);
  await response.body?.cancel();
  return response.status;
}

/** Asks and judges: what has to do with money is for `billing`. @returns What was acknowledged: values by step. */
export async function teach(address: string, count: number, key?: string): Promise<Map<string, boolean>> {
  const acknowledged = new Map<string, boolean>();
  for (let index = 0; index < count; index++) {
    const [text, right] = index % 2 ? [`offer for ${index} seats`, "sales"] : [`charged ${index} times`, "billing"];
    const { id, receipt, action } = await post(`${address}/v1/decisions`, { text }, key);
    await post(`${address}/v1/feedback`, { receipt, value: action === right }, key);
    acknowledged.set(String(id), action === right);
  }
  return acknowledged;
}

function send(url: string, body: unknown, key?: string): Promise<Response> {
  const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}
