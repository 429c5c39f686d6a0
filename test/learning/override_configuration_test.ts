import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import {
  CONFIGURATION_FIELDS,
  configurationPaths,
  overrideConfiguration,
  PRESETS,
  type TrainConfiguration,
} from "../../src/learning/mod.ts";

const override = (...changes: [string, unknown][]): TrainConfiguration => overrideConfiguration(PRESETS.desk, changes);

describe("overrideConfiguration()", () => {
  it("replaces a field and leaves the rest and the preset alone", () => {
    const changed = override(["reinforcement.gamma", "0.9"], ["seed", 3]);
    equal(changed.reinforcement.gamma, 0.9);
    equal(changed.seed, 3);
    deepEqual(
      overrideConfiguration(changed, [["reinforcement.gamma", PRESETS.desk.reinforcement.gamma], [
        "seed",
        PRESETS.desk.seed,
      ]]),
      PRESETS.desk,
    );
  });

  it("names the nearest field when one is unknown", () => {
    throws(
      () => override(["reinforcement.gama", "1"]),
      /Cannot set 'reinforcement.gama': unknown.*'reinforcement.gamma'/,
    );
    throws(() => override(["reinforcement", "1"]), /unknown field/);
    throws(() => override(["seed.x", "1"]), /unknown field/);
    throws(() => override(["__proto__.polluted", "1"]), /unknown field/);
    throws(() => override(["constructor", "1"]), /unknown field/);
  });

  it("refuses a value that does not fit its field", () => {
    throws(() => override(["seed", "1.5"]), /expected a whole number from 0 to 4294967295, got '1.5'/);
    throws(() => override(["seed", ""]), /expected a whole number/);
    throws(() => override(["reinforcement.gamma", "1.1"]), /expected a number from 0 to 1, got '1.1'/);
    throws(() => override(["reinforcement.learningRate", "NaN"]), /expected a number of at least 0/);
    throws(() => override(["reinforcement.reward", "stp"]), /one of step, episode \(nearest: 'step'\)/);
    throws(() => override(["out", ""]), /expected text/);
    throws(() => override(["policy.kind", "linear"]), /it is 'transformer' in this preset/);
    equal(override(["policy.kind", "transformer"]).policy.kind, "transformer");
  });
});

describe("PRESETS", () => {
  it("hold only fields that have a rule, and values that keep it", () => {
    for (const [name, preset] of Object.entries(PRESETS)) {
      equal(preset.preset, name);
      for (const path of configurationPaths(preset)) {
        const value = path.split(".").reduce<unknown>((place, key) => (place as Record<string, unknown>)[key], preset);
        equal(path in CONFIGURATION_FIELDS || path.startsWith("environmentOptions."), true, path);
        overrideConfiguration(preset, [[path, value]]);
      }
    }
  });
});
