import { describe, it } from "@std/testing/bdd";
import { equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./_print_bits.ts", import.meta.url));

/** The hash that a fresh process prints when V8 runs with `flags`. */
async function hash(instructionSet: string, rounds: number, ...flags: string[]): Promise<string> {
  const v8 = flags.length ? [`--v8-flags=${flags.join(",")}`] : [];
  const args = ["run", "-A", "--no-check", ...v8, script, instructionSet, `${rounds}`];
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), { args }).output();
  const text = new TextDecoder().decode(stdout).trim();
  equal(success, true, new TextDecoder().decode(stderr));
  match(text, /^-?\d+$/);
  return text;
}

describe("kernels", () => {
  for (const instructionSet of ["relaxed", "simd128"]) {
    it(`have the same bits in V8's first and last compiler and after warming up, on ${instructionSet}`, async () => {
      const cold = await hash(instructionSet, 1);
      equal(await hash(instructionSet, 1, "--liftoff-only"), cold);
      equal(await hash(instructionSet, 1, "--no-liftoff"), cold);
      equal(await hash(instructionSet, 200), cold);
    });
  }
});
