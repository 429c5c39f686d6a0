import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { brailleCurve } from "../../src/cli/progress/braille_curve.ts";
import { clock, figure, metricName, plainText } from "../../src/cli/progress/format.ts";
import { liveLines } from "../../src/cli/progress/live_lines.ts";
import { liveView } from "../../src/cli/progress/live_view.ts";
import { fitLine, paint, visibleWidth } from "../../src/cli/progress/paint.ts";
import { advance, currentPhase, NO_PROGRESS, type Progress, secondsLeft } from "../../src/cli/progress/progress.ts";
import { fakeHost } from "./fake_host.ts";
import { EVENTS } from "./fake_training.ts";

/** Up to the second update of reinforcement. */
const HALFWAY: Progress = EVENTS.slice(0, 12).reduce(advance, NO_PROGRESS);

function lines(columns: number, rows = 24, color = false): string[] {
  return liveLines(HALFWAY, { columns, rows, elapsed: 13, paint: paint(color) });
}

describe("liveLines()", () => {
  it("shows phases, curve, figures and time at 60 columns", () => {
    deepEqual(lines(60), [
      "desk seed 7 · 141,312 parameters · 2 workers · relaxed",
      "",
      "warm start    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100 %  2/2",
      "reinforcement ━━━━━━━━━━━━━━━━━─────────────────  50 %  2/4",
      "",
      "success on held-out tasks",
      "1.0 │ ⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀",
      "    │ ⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣀⣀⣀⡠⠤⠤⠀⠀",
      "    │ ⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠤⠔⠒⠒⠒⠒⠒⠊⠉⠉⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀",
      "    │ ⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣀⣀⠤⠤⠔⠒⠒⠉⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀",
      "0.0 │ ⠀⠀⠀⠀⣀⡠⠤⠤⠒⠒⠊⠉⠉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀",
      "",
      "success 0.66 over 100 episodes",
      "loss 0.010 · KL 0.002 · entropy 0.500 · clipped 0.100",
      "14,000 tokens/s · elapsed 0:13 · 0:05 left",
    ]);
  });

  it("gives the curve up first when there is little room, never the success", () => {
    for (const text of [lines(30), lines(88, 10)]) {
      ok(!text.join("\n").includes("│"));
      match(text.join("\n"), /success 0\.66/);
    }
  });

  it("never is wider or higher than the terminal, whatever its size", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 2, max: 50 }), (columns, rows) => {
      const text = lines(columns, rows, true);
      ok(text.length < Math.max(rows, 2));
      ok(text.every((line) => visibleWidth(line) <= columns));
    }));
  });

  it("says that it starts before anything has happened", () => {
    const text = liveLines(NO_PROGRESS, { columns: 80, rows: 24, elapsed: 0, paint: paint(false) });
    deepEqual(text.slice(0, 1), ["Starting …"]);
  });
});

describe("liveView()", () => {
  it("draws over itself, at most ten times a second, and gives the cursor back", () => {
    const host = fakeHost({ columns: 60, rows: 24 });
    const view = liveView(host, paint(false));
    for (const event of EVENTS) view.event(event);
    equal(host.out().split("\x1b[J").length - 1, 0, "nothing is drawn twice within 100 ms");
    host.advance(150);
    equal(host.out().split("\x1b[J").length - 1, 1);
    view.close();
    view.close();
    ok(host.out().startsWith("\x1b[?25l"));
    ok(host.out().endsWith("\x1b[?25h"));
    const written = host.out();
    host.advance(500);
    equal(host.out(), written);
  });

  it("counts the lines that a narrowed window broke", () => {
    const size = { columns: 60, rows: 24 };
    const host = { ...fakeHost({ columns: 60 }) };
    let out = "";
    const stdout = { isTerminal: true, size: () => size, write: (text: string) => void (out += text) };
    const view = liveView({ ...host, stdout }, paint(false));
    view.event(EVENTS[0]);
    size.columns = 30;
    view.note("now");
    // 13 lines were drawn; of them the headline (54 characters), both bars (58) and the five rows of the curve (59)
    // take two lines of 30 each.
    ok(out.includes("\x1b[21A\r\x1b[J"));
    view.close();
  });

  it("takes a terminal of 0 columns for one of 80", () => {
    const host = fakeHost({ columns: 0, rows: 0 });
    const view = liveView(host, paint(false));
    view.event(EVENTS[0]);
    view.close();
    match(host.out(), /141,312 parameters/);
  });
});

describe("secondsLeft()", () => {
  it("goes on at the pace so far", () => {
    // Two of four updates are done: the other two take as long as they did.
    equal(currentPhase(HALFWAY), "reinforcement");
    const spent = 12 - HALFWAY.began["reinforcement"];
    equal(secondsLeft(HALFWAY, "reinforcement", 12), spent / 2 * 2);
    equal(secondsLeft(HALFWAY, "reinforcement", 13), spent / 2 * 2 - 1);
    equal(secondsLeft(HALFWAY, "reinforcement", 1000), 0);
    equal(secondsLeft(NO_PROGRESS, "reinforcement", 1), undefined);
  });
});

describe("brailleCurve()", () => {
  it("puts corners where they belong", () => {
    // Dot 7 of the first cell is its lower left, dot 4 of the last its upper right; the line between goes up.
    deepEqual(brailleCurve([{ x: 0, y: 0 }, { x: 1, y: 1 }], 2, 1), ["⡠⠊"]);
    deepEqual(brailleCurve([{ x: 0, y: 1 }], 2, 2), ["⠁⠀", "⠀⠀"]);
    deepEqual(brailleCurve([], 3, 1), ["⠀⠀⠀"]);
  });

  it("clamps what lies outside", () => {
    deepEqual(brailleCurve([{ x: 2, y: 9 }], 1, 1), ["⠈"]);
  });
});

describe("fitLine()", () => {
  it("cuts seen characters and keeps color codes whole", () => {
    equal(fitLine("abcdef", 6), "abcdef");
    equal(fitLine("abcdef", 4), "abc…");
    equal(fitLine("\x1b[1mabc\x1b[22mdef", 4), "\x1b[1mabc\x1b[22m…");
    equal(fitLine("abc", 0), "");
  });
});

describe("format", () => {
  it("writes times, figures and names as people do", () => {
    deepEqual([0, 59.6, 75, 3675].map(clock), ["0:00", "1:00", "1:15", "1:01:15"]);
    deepEqual([0, 0.0213, 0.00003, 1.234, 12.34, 123.4, 12345.6, -0.5, NaN].map(figure), [
      ...["0.000", "0.021", "3.0e-5", "1.23", "12.3", "123", "12,346", "-0.500", "NaN"],
    ]);
    deepEqual(["klK3", "trainSuccess", "constructor"].map(metricName), ["KL", "train success", "constructor"]);
  });

  it("takes out what could move the cursor", () => equal(plainText("a\x1b[2Jb\nc"), "a [2Jb c"));
});
