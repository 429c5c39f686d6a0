import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { demoRecord } from "../../../src/cli/demo/demo_record.ts";

const answer = (right: boolean, decisionMs = 1): { right: boolean; decisionMs: number; feedbackMs: number } => ({
  right,
  decisionMs,
  feedbackMs: 2,
});

describe("demoRecord()", () => {
  it("counts all, and the last 500 apart", () => {
    const record = demoRecord(1200);
    for (let i = 0; i < 600; i++) record.add(answer(false));
    for (let i = 0; i < 600; i++) record.add(answer(i % 4 !== 0));
    deepEqual([record.judged, record.right], [1200, 450]);
    deepEqual(record.recent(), { share: 0.75, count: 500 });
  });

  it("cuts the curve into equal parts of what is expected", () => {
    const record = demoRecord(120);
    for (let i = 0; i < 4; i++) record.add(answer(i > 0));
    deepEqual(record.curve(), [0.5, 1]);
  });

  it("tells percentiles of the last answers", () => {
    const record = demoRecord(100);
    for (let i = 1; i <= 100; i++) record.add(answer(true, i));
    deepEqual([record.decisionMs(), record.feedbackMs()], [{ p50: 51, p99: 100 }, { p50: 2, p99: 2 }]);
    equal(demoRecord(10).decisionMs().p99, 0);
  });
});
