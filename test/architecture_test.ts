import { describe, it } from "@std/testing/bdd";
import { deepEqual, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { brokenRules } from "./_architecture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const SKIPPED = /^(\.git|node_modules|cov|runs|wasm|\.denodir|test\/fixtures|rust-kernels\/target)$/;
const TEXT = /\.(ts|js|rs|md|json|toml|html|css|svg|sh|yml)$|\/(run|setup|checks)$|^LICENSE$/;

function projectFiles(folder = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, isDirectory, isFile } of Deno.readDirSync(`${root}${folder}`)) {
    const path = `${folder}${name}`;
    if (SKIPPED.test(path)) continue;
    if (isDirectory) projectFiles(`${path}/`).forEach((text, inner) => files.set(inner, text));
    else if (isFile && TEXT.test(path)) files.set(path, Deno.readTextFileSync(`${root}${path}`));
  }
  return files;
}
const broken = (path: string, text: string): string[] => brokenRules(new Map([[path, text]]));

describe("the architecture", () => {
  it("is kept by every file of the project", () => {
    const files = projectFiles();
    // Floors are read from a real project, not from an empty folder.
    deepEqual(["src/errors.ts", "src/cli/main.ts", "README.md"].filter((path) => !files.has(path)), []);
    deepEqual(brokenRules(files), []);
  });
});

describe("brokenRules()", () => {
  it("names file and import when an arrow goes up or sideways", () => {
    match(
      broken("src/rl/gae.ts", 'import { x } from "../policy/mod.ts";')[0],
      /src\/rl\/gae\.ts imports src\/policy\/mod/,
    );
    match(broken("src/rl/gae.ts", 'import type { x } from "../language/mod.ts";')[0], /sideways to 'language'/);
    match(broken("src/learning/t.ts", 'export * from "../cli/run.ts";')[0], /floor 7/);
    match(broken("src/learning/t.ts", 'await import("../../workers/rollout.ts");')[0], /workers\/rollout/);
    match(broken("src/learning/t.ts", 'new URL("../cli/w.ts", import.meta.url)')[0], /src\/cli\/w\.ts/);
    match(broken("src/learning/t.ts", 'import { x } from "../mod.ts";')[0], /src\/mod\.ts/);
    match(broken("src/cli/x.ts", 'import { x } from "../../test/x.ts";')[0], /tests are not part/);
    match(broken("src/kernels/x.ts", 'import type { Turn } from "../episode/mod.ts";')[0], /'episode' \(floor 1\)/);
  });

  it("lets arrows go down, policies read language, and everyone the episode's types", () => {
    for (
      const [from, to] of [
        ["src/cli/x.ts", "../learning/mod.ts"],
        ["src/policy/transformer/x.ts", "../../language/mod.ts"],
        ["src/rl/x.ts", "../episode/mod.ts"],
        ["src/kernels/x.ts", "../errors.ts"],
        ["workers/rollout.ts", "../src/learning/mod.ts"],
        ["src/rl/x.ts", "./gae.ts"],
        ["src/kernels/x.ts", "../../wasm/simd128/kernels.js"],
      ]
    ) deepEqual(broken(from, `import { x } from "${to}";`), []);
    deepEqual(broken("src/learning/x.ts", 'new URL("../../workers/rollout.ts", import.meta.url)'), []);
    deepEqual(broken("src/rl/x.ts", '/** import { x } from "../cli/x.ts"; */ // import "../cli/x.ts"'), []);
  });

  it("keeps wasm/ behind the kernels' door", () => {
    match(broken("src/rl/x.ts", 'import * as k from "../../wasm/simd128/kernels.js";')[0], /only src\/kernels may/);
  });

  it("keeps clocks, chance and the environment out of all but cli and workers", () => {
    for (const use of ["Deno.env.get('A')", "Date.now()", "new Date()", "Math.random()", "performance.now()"]) {
      match(broken("src/learning/x.ts", `x = ${use};`)[0], /^src\/learning\/x\.ts uses /);
      deepEqual(broken("src/cli/x.ts", `x = ${use};`), []);
      deepEqual(broken("workers/x.ts", `x = ${use};`), []);
    }
  });

  it("refuses long files, folders without a floor, and paths of one machine", () => {
    match(broken("src/rl/x.ts", "\n".repeat(401))[0], /401 lines/);
    deepEqual(broken("src/rl/x.ts", "\n".repeat(400)), []);
    match(broken("src/utils/x.ts", "")[0], /'utils', which has no floor/);
    match(broken("README.md", `see ${["", "home", "me"].join("/")}`)[0], /a folder of one machine/);
  });
});
