import { describe, it } from "@std/testing/bdd";
import { equal, match, ok } from "node:assert/strict";
import { demoLines, type DemoProgress } from "../../../src/cli/demo/demo_lines.ts";
import { paint, visibleWidth } from "../../../src/cli/progress/paint.ts";

const PROGRESS: DemoProgress = {
  title: "a generated service desk",
  address: "http://127.0.0.1:8000",
  judged: 1500,
  total: 3000,
  right: 1200,
  recent: 0.91,
  recentCount: 500,
  curve: [0.1, 0.4, 0.7, 0.9],
  before: 0.32,
  judgedPerSecond: 750,
  decisionMs: { p50: 0.9, p99: 3.1 },
  seconds: 2,
  news: ["one", "two", "three", "rollback: \x1b[2Jjudgements contradict what is known"],
};

describe("demoLines()", () => {
  it("says where to look, how far it is, and how much is right", () => {
    const text = demoLines(PROGRESS, { columns: 90, rows: 30, paint: paint(false) }).join("\n");
    match(text, /dashboard http:\/\/127\.0\.0\.1:8000/);
    match(text, /1,500 of 3,000 judged {2}0:02, 0:02 left/);
    match(text, /right 91\.0 % of the last 500 · 80\.0 % since the beginning · 32\.0 % before/);
    match(text, /750 judged steps\/s · decision p50 0\.900 ms, p99 3\.10 ms/);
  });

  it("shows the last three news, and nothing that could move the cursor", () => {
    const text = demoLines(PROGRESS, { columns: 90, rows: 30, paint: paint(false) }).join("\n");
    ok(!text.includes("one") && text.includes("two") && !text.includes("\x1b"));
  });

  it("is never wider nor higher than the terminal", () => {
    for (const [columns, rows] of [[20, 5], [40, 10], [79, 24], [200, 60]]) {
      const lines = demoLines(PROGRESS, { columns, rows, paint: paint(true) });
      ok(lines.length < rows || lines.length === 1);
      equal(lines.filter((line) => visibleWidth(line) > columns).length, 0);
    }
  });
});
