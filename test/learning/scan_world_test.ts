import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import { openWorld } from "../../src/learning/open_world.ts";
import { scanWorld } from "../../src/learning/scan_world.ts";
import { SPECIAL_TOKENS, wordsConstraint } from "../../src/policy/mod.ts";

const example = (command: string, actions: string): { command: string; actions: string } => ({ command, actions });
const world = scanWorld({
  train: [example("jump", "I_JUMP"), example("jump twice", "I_JUMP I_JUMP"), example("walk", "I_WALK")],
  heldOut: [example("walk twice", "I_WALK I_WALK"), example("walk thrice", "I_WALK I_WALK I_WALK")],
});

describe("scanWorld()", () => {
  it("rewards exactly the right words, and shows no held-out command in training", () => {
    const environment = world.create();
    const seen = { train: new Set<string>(), validation: new Set<string>(), test: new Set<string>() };
    for (const split of ["train", "validation", "test"] as const) {
      for (let seed = 0; seed < 12; seed++) {
        seen[split].add(environment.reset(seed, split).turns[0].text);
        equal(environment.step(environment.gold!()!).success, true);
        environment.reset(seed, split);
        const { success, reward, terminated } = environment.step(`${environment.gold!()} I_WALK`);
        deepEqual([success, reward, terminated], [false, 0, true]);
      }
    }
    deepEqual([...seen.train].sort(), ["jump", "jump twice", "walk"]);
    deepEqual([[...seen.validation], [...seen.test]], [["walk twice"], ["walk thrice"]]);
  });

  it("lists the words that actions are made of, each with its space", () => {
    deepEqual(world.words, [" I_JUMP", " I_WALK"]);
  });

  it("says where the data is when it is not there", () =>
    rejects(openWorld({ environment: "scan", environmentOptions: { data: "nowhere" } }), { code: "data_missing" }));
});

describe("wordsConstraint()", () => {
  it("allows any sequence of the words, then the end, and nothing else", async () => {
    const kernels = await loadKernels();
    const addedTokens = [...world.words!];
    using tokenizer = trainTokenizer(kernels, [], { vocabularySize: 300, specialTokens: SPECIAL_TOKENS, addedTokens });
    const constraint = wordsConstraint(tokenizer, addedTokens);
    const [jump, walk, end] = [...addedTokens, "<|end|>"].map((token) => tokenizer.tokenId(token)!);
    deepEqual([...tokenizer.encode(" I_JUMP I_WALK I_JUMP")], [jump, walk, jump]);
    deepEqual([jump, walk, jump, end].map((token) => constraint.next(0, token)), [0, 0, 0, 1]);
    deepEqual([...constraint.allowedCounts], [3, 0]);
    throws(() => constraint.next(0, tokenizer.tokenId("a")!), RangeError);
    throws(() => constraint.next(1, jump), RangeError);
    throws(() => wordsConstraint(tokenizer, [" I_RUN"]), { code: "tokenizer_invalid" });
  });
});
