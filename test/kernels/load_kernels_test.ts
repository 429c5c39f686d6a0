import { describe, it } from "@std/testing/bdd";
import { equal } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";

describe("loadKernels()", () => {
  it("loads the build that is asked for", async () => {
    equal((await loadKernels({ instructionSet: "simd128" })).instructionSet(), "simd128");
    equal((await loadKernels({ instructionSet: "relaxed" })).instructionSet(), "relaxed");
  });
});
