import { describe, it } from "@std/testing/bdd";
import { deepEqual } from "node:assert/strict";
import { reachTimes } from "../../../src/cli/load/reach_times.ts";

describe("reachTimes()", () => {
  it("is the time of the slowest server", () => {
    const publications = [{ version: 4, at: 100 }, { version: 5, at: 200 }];
    const sightings = [
      { server: 0, version: 4, at: 130 },
      { server: 1, version: 4, at: 170 },
      { server: 1, version: 5, at: 210 },
      { server: 0, version: 5, at: 290 },
    ];
    // 170 − 100 and 290 − 200.
    deepEqual(reachTimes(publications, sightings, 2), [70, 90]);
  });

  it("takes a later version for an earlier one that was passed over", () => {
    const publications = [{ version: 4, at: 100 }, { version: 5, at: 110 }];
    deepEqual(reachTimes(publications, [{ server: 0, version: 5, at: 150 }], 1), [50, 40]);
  });

  it("knows a version that is published again by its time", () => {
    const publications = [{ version: 4, at: 100 }, { version: 3, at: 200 }, { version: 4, at: 300 }];
    const sightings = [
      { server: 0, version: 4, at: 120 },
      { server: 0, version: 3, at: 230 },
      { server: 0, version: 4, at: 350 },
    ];
    deepEqual(reachTimes(publications, sightings, 1), [20, 30, 50]);
  });

  it("is infinite where a server never answered with it, and knows nothing of what was there before", () => {
    const publications = [{ version: 4, at: 100 }];
    deepEqual(reachTimes(publications, [{ server: 0, version: 4, at: 120 }], 2), [Infinity]);
    deepEqual(reachTimes(publications, [{ server: 0, version: 4, at: 90 }], 1), [Infinity]);
    deepEqual(reachTimes([], [{ server: 0, version: 4, at: 90 }], 1), []);
  });
});
