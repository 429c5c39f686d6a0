import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadRun } from "../../src/learning/mod.ts";

const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** A desk so small that a test can wait for it. */
const SMALL = [
  "policy.vocabularySize=600",
  "policy.hiddenSize=16",
  "policy.layers=1",
  "policy.intermediateSize=32",
  "warmStart.updates=4",
  "warmStart.episodesPerUpdate=4",
  "reinforcement.updates=6",
  "reinforcement.episodesPerUpdate=8",
  "evaluation.episodes=4",
  "evaluation.finalEpisodes=8",
  "checkpointEvery=1",
].flatMap((change) => ["--set", change]);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `eddy`; when a line of its output matches, sends a signal. */
async function eddy(words: readonly string[], at?: RegExp, signal: Deno.Signal = "SIGKILL"): Promise<Ended> {
  const args = ["run", "-A", program, ...words];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" }).spawn();
  const err = new Response(child.stderr).text();
  let out = "";
  let sent = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    if (at?.test(out) && !sent) {
      sent = true;
      child.kill(signal);
    }
  }
  return { code: (await child.status).code, out, err: await err };
}

function learned(folder: string): string[] {
  const version = readFileSync(join(folder, "latest"), "utf8").trim();
  return ["model", "eddy"].map((name) => readFileSync(join(folder, version, `${name}.safetensors`)).toString("base64"));
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("eddy train, the program", () => {
  it("killed in the middle leaves a checkpoint from which it ends with the same bytes; so does Ctrl-C", () =>
    inFolder(async (folder) => {
      const train = (name: string, ...words: string[]): string[] => [
        "train",
        "--json",
        "--out",
        `${folder}/${name}`,
        ...SMALL,
        ...words,
      ];
      const straight = await eddy(train("straight"));
      equal(straight.code, 0, straight.err);
      const killed = await eddy(train("killed"), /"update":3.*\n/);
      ok(killed.code !== 0);
      ok(loadRun(`${folder}/killed`).state!.updates >= 1);
      const resumed = await eddy(["train", "--json", "--resume", `${folder}/killed`, "--workers", "0"]);
      equal(resumed.code, 0, resumed.err);
      deepEqual(learned(`${folder}/killed`), learned(`${folder}/straight`));

      const stopped = await eddy(train("stopped", "--workers", "0"), /"reinforcement","update":2.*\n/, "SIGINT");
      equal(stopped.code, 130, stopped.err);
      match(stopped.err, /Cannot finish: interrupted; go on with 'deno task train --resume /);
      equal((await eddy(["train", "--resume", `${folder}/stopped`])).code, 0);
      deepEqual(learned(`${folder}/stopped`), learned(`${folder}/straight`));
      ok(existsSync(`${folder}/stopped/report.html`));

      const measured = await eddy(["eval", `${folder}/straight`, "--json"]);
      const last = JSON.parse(measured.out.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
      const done = JSON.parse(straight.out.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
      deepEqual([last.event, last.success, last.warmStart], ["done", done.success, done.warmStart]);
    }));

  it("names what is wrong with a checkpoint, in one sentence, and gives no zero", () =>
    inFolder(async (folder) => {
      const out = `${folder}/run`;
      const spark = ["train", "--json", "--preset", "spark", "--updates", "2", "--out", out];
      equal((await eddy(spark)).code, 0);
      const file = join(out, readFileSync(`${out}/latest`, "utf8").trim(), "model.safetensors");
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.subarray(0, 100));
      for (const words of [["eval", out], ["train", "--resume", out]]) {
        const { code, err } = await eddy(words);
        equal(code, 65);
        match(err, /^error: Cannot load '[^\n]*\n$/);
      }
    }));
});
