import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { eventReader } from "../../src/dashboard/page/event_reader.js";
import { format } from "../../src/dashboard/page/format.js";
import { html } from "../../src/dashboard/page/html.js";
import { placesOf } from "../../src/dashboard/page/places.js";
import { ticks, timeTicks } from "../../src/dashboard/page/scale.js";
import { createState } from "../../src/dashboard/page/state.js";
import { publications, serving, timeline } from "../../src/dashboard/page/timeline.js";
import type { AgentReport } from "../../src/http/status_report.ts";
import { busyContent, chance, NOON } from "./_fake_content.ts";

/** The first agent of what the page knows. */
function agentOf({ report }: { readonly report: unknown }): AgentReport {
  return (report as { readonly agents: ReturnType<typeof agentOf>[] }).agents[0];
}

describe("html", () => {
  it("escapes text, keeps markup, joins lists and leaves nothings out", () => {
    const inner = html`<b>${"<&\"'>"}</b>`;
    equal(String(inner), "<b>&lt;&amp;&quot;&#39;&gt;</b>");
    equal(
      String(html`<p title="${'"'}">${[inner, 1]}${null}${undefined}${false}${0}</p>`),
      `<p title="&quot;">${inner}10</p>`,
    );
  });

  it("escapes what only looks like markup", () => {
    equal(String(html`${{ text: "<b>" }}`), "[object Object]");
    equal(String(html`${JSON.parse('{"text":"<b>","toString":null}').text}`), "&lt;b&gt;");
  });
});

describe("eventReader()", () => {
  const stream =
    'event: progress\ndata: {"a":1}\n\n: still here\n\ndata: {"b":\ndata: 2}\r\n\r\nevent: x\ndata: not JSON\n\nid: 7\n\n';

  it("reads the same events wherever the text was cut", () => {
    const expected = [["progress", { a: 1 }], ["message", { b: 2 }]];
    for (let size = 1; size <= stream.length; size++) {
      const heard: unknown[] = [];
      const read = eventReader((name: string, value: unknown) => heard.push([name, value]));
      for (let at = 0; at < stream.length; at += size) read(stream.slice(at, at + size));
      deepEqual(heard, expected, `pieces of ${size}`);
    }
  });
});

describe("createState()", () => {
  const event = (judgements: number, meanReward: number): object => {
    const [agent] = busyContent().report.agents;
    return { event: "progress", agent: "support", at: NOON, status: { ...agent.status, judgements, meanReward } };
  };

  it("lengthens the curve by the mean of what is new", () => {
    const state = createState();
    state.takeReport(busyContent().report);
    const before = busyContent().report.agents[0];
    const { meanReward } = before.status!;
    // 14,000 judgements with mean m, then 14,100 with a mean that 100 new ones of reward 0.9 make.
    state.takeEvent(event(14_100, (14_000 * meanReward + 100 * 0.9) / 14_100));
    const last = agentOf(state).curve.at(-1)!;
    deepEqual([last.from, last.steps, last.mean.toFixed(6)], [14_001, 100, "0.900000"]);
    state.takeEvent(event(14_100, meanReward));
    equal(agentOf(state).curve.length, before.curve.length + 1);
  });

  it("keeps number and mean of judgements when a long curve is merged", () => {
    const state = createState();
    state.takeReport(busyContent().report);
    const random = chance(3);
    let [judgements, sum] = [14_000, 14_000 * busyContent().report.agents[0].status!.meanReward];
    for (let i = 0; i < 5000; i++) {
      sum += random() < 0.7 ? 1 : 0;
      judgements += 1;
      state.takeEvent(event(judgements, sum / judgements));
    }
    const { curve } = agentOf(state);
    ok(curve.length <= 240);
    const kept = (sums: readonly [number, number], part: { steps: number; mean: number }): [number, number] => [
      sums[0] + part.steps,
      sums[1] + part.steps * part.mean,
    ];
    const [steps, total] = curve.reduce(kept, [0, 0]);
    equal(steps, 19_000);
    ok(Math.abs(total - sum) < 1e-6, `${total} is not ${sum}`);
  });

  it("takes a publication in once, and knows what serves from then on", () => {
    const state = createState();
    state.takeReport(busyContent().report);
    const line = { agent: "support", at: NOON, action: "rollback", version: 23, reason: "r", by: "guard" };
    for (let i = 0; i < 2; i++) state.takeEvent({ event: "publication", ...line, assignment: { incumbent: 14 } });
    equal(agentOf(state).history.filter(({ action }) => action === "rollback").length, 1);
    deepEqual(agentOf(state).status?.assignment, { incumbent: 14 });
    state.takeEvent({ event: "publication", ...line, agent: "nobody" });
  });

  it("knows the warnings of the report, and each that is told afterwards once", () => {
    const state = createState();
    const { report } = busyContent();
    const first = {
      agent: "support",
      at: NOON,
      warning: "w",
      level: "warn",
      value: 2,
      threshold: 1,
      reason: "r",
    } as const;
    const [agent, ...others] = report.agents;
    state.takeReport({ ...report, agents: [{ ...agent, warnings: [first] }, ...others] });
    deepEqual(agentOf(state).warnings, [first]);
    const second = { ...first, at: NOON + 1, level: "stop" };
    for (let i = 0; i < 2; i++) {
      state.takeEvent({ event: "warning", ...first });
      state.takeEvent({ event: "warning", ...second });
    }
    deepEqual(agentOf(state).warnings, [second, first]);
    deepEqual(agent.warnings, []);
  });

  it("notes one moment of pace for each report", () => {
    const state = createState();
    for (let i = 0; i < 2; i++) state.takeReport(busyContent().report);
    equal(state.pace.length, 2);
  });
});

describe("placesOf()", () => {
  it("maps moments to places of the journal between versions", () => {
    const versions = [{ createdAt: 300, learnedUpTo: 60 }, { createdAt: 100, learnedUpTo: 0 }];
    const placeAt = placesOf(versions, { at: 400, place: 100 });
    // From 100 to 300 the journal grew by 60, from 300 to 400 by 40.
    deepEqual([100, 200, 300, 350, 500].map(placeAt), [0, 30, 60, 80, 100]);
    equal(placeAt(50), undefined);
  });
});

describe("timeline()", () => {
  it("joins what a version served across trials, and cuts trials out by their share", () => {
    const { report } = busyContent();
    const { history, status } = report.agents[0];
    const markup = String(timeline({ history, status }, report.startedAt, report.now, 1000));
    const names = [...markup.matchAll(/class="version"[^>]*>([^<]+)</g)].map(([, name]) => name.trim());
    deepEqual(names, ["v0", "v4", "v9", "v14", "v23"]);
    equal(markup.match(/class="band warm" x=/g)?.length, 5);
    equal(markup.match(/class="stop"/g)?.length, 1);
  });

  it("says what serves in words", () => {
    const canary = { version: 5, share: 0.05 };
    equal(serving({ assignment: { incumbent: 4, canary } }), "v4 answers 95 %, v5 on trial with 5 %");
    equal(serving({ assignment: { incumbent: 4 } }), "v4 answers everything");
    match(String(publications({ history: [] }, NOON, false)), /version 0, untrained, answers/);
  });
});

describe("format and scales", () => {
  it("write numbers, spans and shares as people read them", () => {
    deepEqual([0.4, 12, 999, 1000, 59_900, 90_000, NaN].map(format.span), [
      ...["0.4 ms", "12 ms", "999 ms", "1.0 s", "59.9 s", "1.5 min", "–"],
    ]);
    deepEqual([0.1, 0.015, 1, 0].map(format.percent), ["10 %", "1.5 %", "100 %", "0 %"]);
    deepEqual([0.071, -0.2].map(format.signed), ["+0.07", "−0.20"]);
    deepEqual([undefined, null, NaN].map(format.whole), ["–", "–", "–"]);
  });

  it("mark round places, never more than asked for", () => {
    deepEqual(ticks(0, 1, 5).map((value) => value.toFixed(1)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    deepEqual(ticks(0, 14_000, 7), [0, 2000, 4000, 6000, 8000, 10_000, 12_000, 14_000]);
    ok(timeTicks(NOON, NOON + 40 * 86_400_000, 7).length <= 8);
    deepEqual(timeTicks(NOON, NOON, 7), [NOON]);
  });
});
