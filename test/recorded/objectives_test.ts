import { describe, it } from "@std/testing/bdd";
import { ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadKernels } from "../../src/kernels/mod.ts";
import { fixturesFolder } from "../fixtures.ts";
import { flat, type Inputs, runners, type Tree } from "./objective_runners.ts";

interface RecordedCase {
  readonly id: string;
  readonly note: string;
  readonly inputs: Inputs;
  readonly outputs: Record<string, Tree>;
}
interface RecordedFile {
  readonly tolerance: { readonly f32: number };
  readonly cases: readonly RecordedCase[];
}

/** What a reference writes under a mask of 0 is no result; these arrays are compared where the mask is 1. */
const ONLY_WHERE_LEARNABLE = new Set(["advRaw", "adv", "returns", "rppBaseline"]);

/** Held to their numbers by a test of their own. */
const ELSEWHERE = new Set(["samplers"]);

const own = fileURLToPath(new URL("../fixtures/objectives", import.meta.url));
const given = `${fixturesFolder}/objectives`;
const folder = existsSync(given) ? given : own;
const kernels = await loadKernels();

describe("recorded objectives", () => {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")).sort() : [];
  if (files.length === 0) it.ignore(`no recorded objectives: '${folder}' has no files`, () => {});
  for (const file of files) {
    const name = file.slice(0, -".json".length);
    if (ELSEWHERE.has(name)) continue;
    const runner = runners[name];
    if (!runner) {
      it(`${name} is implemented`, () => ok(false, `'${name}.json' is recorded and nothing computes it`));
      continue;
    }
    const { tolerance, cases } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as RecordedFile;
    for (const { id, note, inputs, outputs } of cases) {
      it(`${name} gives the recorded numbers of ${id} (${note})`, () => {
        const got = runner(kernels, inputs) as Record<string, Tree>;
        const mask = inputs.mask === undefined ? undefined : flat(inputs.mask);
        for (const [key, want] of Object.entries(outputs)) compare(got[key], want, key, tolerance.f32, mask);
      });
    }
  }
});

/** `|got − want| ≤ tolerance·(1 + |want|)` at every number of `want`. */
function compare(got: Tree | undefined, want: Tree, path: string, tolerance: number, mask?: readonly number[]): void {
  ok(got !== undefined, `${path} is recorded and was not computed`);
  if (typeof want === "object" && !Array.isArray(want)) {
    for (const [key, inner] of Object.entries(want)) {
      compare((got as Record<string, Tree>)[key], inner as Tree, `${path}.${key}`, tolerance, mask);
    }
    return;
  }
  if (Array.isArray(want) && want.some((item) => typeof item === "object" && !Array.isArray(item))) {
    want.forEach((item, k) => compare((got as Tree[])[k], item as Tree, `${path}[${k}]`, tolerance, mask));
    return;
  }
  const [left, right] = [flat(got), flat(want)];
  ok(left.length === right.length, `${path} has ${left.length} numbers, ${right.length} are recorded`);
  const partial = mask?.length === right.length && ONLY_WHERE_LEARNABLE.has(path.split(".").at(-1)!);
  right.forEach((value, i) => {
    if (partial && mask[i] === 0) return;
    const near = left[i] === value || Math.abs(left[i] - value) <= tolerance * (1 + Math.abs(value));
    ok(near, `${path}[${i}] is ${left[i]}, recorded is ${value}`);
  });
}
