import { describe, it } from "@std/testing/bdd";
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { actionHtml } from "../../src/cli/report/action_html.ts";
import { escapeHtml } from "../../src/cli/report/escape_html.ts";
import { renderCurveSvg } from "../../src/cli/report/render_curve_svg.ts";
import { type ReportContent, reportPage } from "../../src/cli/report/report_page.ts";
import { thin, timeTicks } from "../../src/cli/report/scale.ts";
import { PRESETS, type TrainingEvent } from "../../src/learning/mod.ts";
import { fakeHost } from "./fake_host.ts";
import { DONE, EVENTS } from "./fake_training.ts";

function page(change: Partial<ReportContent> = {}): string {
  return reportPage({
    events: [...EVENTS, DONE],
    configuration: PRESETS.desk,
    command: "deno task train --seed 7",
    machine: fakeHost().machine,
    date: "2026-01-02T03:04:05.000Z",
    ...change,
  });
}

describe("reportPage()", () => {
  it("says what was reached, on what, and how to do it again", () => {
    const html = page();
    match(html, /Held-out success: 40\.0 % → <em>92\.0 %<\/em>/);
    for (const text of ["141,312", "123,456", "0:20", "deno task train --seed 7", "2026-01-02 03:04", "relaxed"]) {
      ok(html.includes(text), text);
    }
  });

  it("escapes everything that it is told", () => {
    const html = page({
      command: `deno task train --out '<img src=x onerror="1">'`,
      configuration: { ...PRESETS.desk, environment: `"><script>2</script>` },
    });
    doesNotMatch(html, /<script|<img|P<1>|O<1>/);
    match(html, /&#60;script&#62;alert\(&#34;before&#34;\)/);
  });

  it("asks nothing of a network and runs no script", () => {
    const html = page();
    doesNotMatch(html, /https?:|url\(|@import|<script|<link|src=/);
    match(html, /default-src 'none'/);
  });

  it("shows steps of both episodes with reward, value and advantage", () => {
    const html = page();
    equal(html.split("<ol>").length - 1, 2);
    match(html, /reward <b>\+0\.50<\/b>.*value <b>0\.25<\/b>.*advantage <b>−0\.13<\/b>/);
  });

  it("shows every metric that was told, and says when one was never finite", () => {
    const update = EVENTS.find((event) => event.event === "update")! as Extract<TrainingEvent, { event: "update" }>;
    const html = page({ events: [...EVENTS, { ...update, metrics: { ownMetric: NaN } }, DONE] });
    for (const title of ["Entropy, nats", "KL divergence, nats", "Gradient norm", "Loss", "Tokens per second"]) {
      ok(html.includes(`<span>${title}</span>`), title);
    }
    match(html, /own metric<\/span><b>never finite/);
  });

  it("makes a page of a run that told nothing, and of one without a warm start", () => {
    match(page({ events: [] }), /No evaluation yet/);
    const events = EVENTS.filter((event) => !("phase" in event && event.phase === "warm start"));
    const html = page({ events: [...events, { ...DONE, warmStart: 0.02 }] });
    match(html, /Held-out success: 2\.0 % → <em>92\.0 %/);
    doesNotMatch(html, /class="band warm"/);
  });

  it("has no number that is not one", () => doesNotMatch(page(), /NaN|undefined|Infinity/));
});

describe("renderCurveSvg()", () => {
  it("is one well-formed picture with a point for each evaluation", () => {
    const svg = renderCurveSvg([...EVENTS, DONE]);
    match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    equal(svg.split("<circle").length - 1, 6);
    const open = svg.match(/<[a-z]+(?=[ >])(?:[^>]*[^/])?>/g)!.length;
    equal(open, svg.match(/<\/[a-z]+>/g)!.length);
    doesNotMatch(svg, /NaN|undefined/);
  });
});

describe("actionHtml()", () => {
  it("shows a tool call as a call, escaped, and other text as it is", () => {
    match(actionHtml('{"name": "f", "arguments": {"a": "<b>"}}'), /^<b>f<\/b>\(.*a:.*&#34;&#60;b&#62;&#34;.*\)$/);
    equal(actionHtml("left <1>"), "left &#60;1&#62;");
    equal(actionHtml('{"name": 1}'), "{&#34;name&#34;: 1}");
    equal(actionHtml("  "), "(nothing)");
  });
});

describe("escapeHtml()", () => {
  it("leaves nothing that ends an element, an attribute or a document", () => {
    equal(escapeHtml(`<a href="x" b='y'>&\u0000`), "&#60;a href=&#34;x&#34; b=&#39;y&#39;&#62;&#38; ");
  });
});

describe("scale", () => {
  it("timeTicks() marks round distances, at most as many as asked for", () => {
    deepEqual(timeTicks(100, 4), [0, 30, 60, 90]);
    deepEqual(timeTicks(5, 8), [0, 1, 2, 3, 4, 5]);
    for (const seconds of [0.5, 3, 77, 1000, 90_000, 1e7]) ok(timeTicks(seconds, 8).length <= 9, String(seconds));
  });

  it("thin() means neighbors and keeps short lines", () => {
    deepEqual(thin([[0, 0], [1, 2], [2, 4], [3, 6]], 2), [[0.5, 1], [2.5, 5]]);
    deepEqual(thin([[0, 1]], 2), [[0, 1]]);
  });
});
