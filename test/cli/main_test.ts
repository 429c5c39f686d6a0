import { describe, it } from "@std/testing/bdd";
import { equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));

async function eddy(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const args = ["run", "-A", "src/cli/main.ts", ...words];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

describe("eddy, as a program", () => {
  it("shows help and version", async () => {
    match((await eddy("--help")).out, /Usage: eddy COMMAND/);
    match((await eddy("train", "--help")).out, /--dry-run {2,}print the resolved configuration/);
    equal((await eddy("--version")).out, `${project.version}\n`);
  });

  it("prints a resolved configuration", async () => {
    const { code, out } = await eddy("train", "--dry-run", "--json", "--preset", "spark", "--seed", "12");
    equal(code, 0);
    const { preset, seed, out: folder } = JSON.parse(out) as Record<string, unknown>;
    equal(`${preset} ${seed} ${folder}`, "spark 12 runs/spark-12");
  });

  it("ends with 2 and one sentence at an unknown flag", async () => {
    const { code, out, err } = await eddy("train", "--sed", "12");
    equal(code, 2);
    equal(out, "");
    match(err, /^error: Cannot use flag '--sed': .* did you mean '--seed'\?\n$/);
  });

  it("has a task in deno.json for each command, and none for another", async () => {
    const help = (await eddy("--help")).out;
    const called = Object.values(project.tasks).flatMap(({ command }) => command.match(/main\.ts (\w+)/)?.[1] ?? []);
    const listed = help.split("Commands\n")[1].match(/^ {2}\w+/gm)!.map((name) => name.trim());
    equal(called.sort().join(), listed.sort().join());
  });
});
