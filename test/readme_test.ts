import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import project from "../deno.json" with { type: "json" };
import type { World } from "../src/environment/mod.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = Deno.readTextFileSync(`${root}README.md`);
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
const worldExample = examples.find((code) => code.startsWith("// thermostat.ts"))!;

/** Does something with an example in a file of its own, in a folder inside the clone. */
async function withExample<T>(code: string, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ dir: `${root}test`, prefix: "_readme_" });
  try {
    await Deno.writeTextFile(`${folder}/example.ts`, code);
    return await use(`${folder}/example.ts`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function deno(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

describe("README", () => {
  it("has examples that pass the type check and run", async () => {
    ok(examples.length >= 2);
    for (const code of examples) {
      const { code: status, err } = await withExample(code, (path) => deno("run", "--check", "-A", path));
      equal(status, 0, `${err}\n${code}`);
    }
  });

  it("shows a world that can be lived in", async () => {
    const world = await withExample(worldExample, async (path) => {
      const module = await import(pathToFileURL(path).href) as { default: World };
      return module.default;
    });
    const environment = world.create();
    for (let seed = 0; seed < 26; seed++) {
      const start = environment.reset(seed, "train");
      const degrees = Number(start.turns[0].text.match(/\d+/)![0]);
      const wanted = Array<string>(Math.abs(degrees - 20)).fill(degrees < 20 ? "heat" : "cool");
      const outcomes = [...wanted, "stop"].map((action) => environment.step(action));
      equal(outcomes.at(-1)!.success, true);
      ok(outcomes.every(({ truncated }) => !truncated));
      environment.reset(seed, "train");
      const idle = Array.from({ length: world.horizon }, () => environment.step("nonsense"));
      deepEqual(idle.map(({ truncated }) => truncated), [...Array(world.horizon - 1).fill(false), true]);
    }
  });

  const training = existsSync(`${root}src/learning/train.ts`);
  (training ? it : it.skip)(
    `trains in that world${training ? "" : " (skipped: there is no src/learning/train.ts)"}`,
    async () => {
      const { code, out, err } = await withExample(worldExample, (path) => {
        const flags = ["--preset", "spark", "--environment", path, "--updates", "2", "--json", "--out", dirname(path)];
        return deno("run", "-A", "src/cli/main.ts", "train", ...flags);
      });
      equal(code, 0, err);
      const last = JSON.parse(out.trimEnd().split("\n").at(-1)!) as { event: string; success: number };
      equal(last.event, "done");
      ok(last.success >= 0 && last.success <= 1);
    },
  );

  it("names only tasks, flags and presets that exist", async () => {
    const tasks = [...readme.matchAll(/deno task ([\w:]+)/g)].map(([, task]) => task);
    deepEqual(tasks.filter((task) => !(task in project.tasks)), []);
    for (const [, command] of readme.matchAll(/`deno task (train[^`]*)`/g)) {
      const words = command.split(" ").slice(1).filter((word) => word !== "--json");
      if (words.includes("--resume")) continue;
      equal((await deno("run", "-A", "src/cli/main.ts", "train", ...words, "--dry-run")).code, 0, command);
    }
  });

  it("draws the tree as it is", () => {
    const tree = readme.match(/```text\n(src\/[\s\S]*?)```/)![1];
    const named = [...tree.matchAll(/^( *)([\w.-]+)\//gm)].map(([, indent, name]) => indent ? `src/${name}` : name);
    const folders = (place: string): string[] =>
      [...Deno.readDirSync(`${root}${place}`)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
    const ignored = [".git", "node_modules", "runs", "cov", ".denodir"];
    const real = [
      ...folders("").filter((name) => !ignored.includes(name)),
      ...folders("src").map((name) => `src/${name}`),
    ];
    deepEqual(named.sort(), real.sort());
  });

  it("links only to what is there, as do the documents", () => {
    const documents = [
      `${root}README.md`,
      ...[...Deno.readDirSync(`${root}.github`)]
        .filter(({ name }) => name.endsWith(".md")).map(({ name }) => `${root}.github/${name}`),
    ];
    for (const document of documents) {
      for (const [, target] of Deno.readTextFileSync(document).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
        ok(existsSync(`${dirname(document)}/${target}`), `${basename(document)} links to ${target}`);
      }
    }
  });
});

describe("decisions", () => {
  it("have at most 60 lines each, and numbers in order", () => {
    const names = [...Deno.readDirSync(`${root}.github/decisions`)].map(({ name }) => name).sort();
    names.forEach((name, index) => {
      match(name, new RegExp(`^${String(index + 1).padStart(4, "0")}-[a-z0-9-]+\\.md$`));
      ok(Deno.readTextFileSync(`${root}.github/decisions/${name}`).split("\n").length <= 61, name);
    });
  });
});
