import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { reportPage } from "../../src/cli/report/report_page.ts";
import { PRESETS } from "../../src/learning/mod.ts";
import { fakeHost } from "./fake_host.ts";
import { DONE, EVENTS } from "./fake_training.ts";

const executablePath = Deno.env.get("EDDY_CHROMIUM") ?? "/usr/bin/chromium";
const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** What a person would notice: text over the edge, pictures without size, words of the console. */
const LOOK = `({
  overflow: document.documentElement.scrollWidth - innerWidth,
  empty: [...document.querySelectorAll("svg")].filter((svg) => getComputedStyle(svg).display !== "none"
    && svg.checkVisibility() && svg.getBoundingClientRect().width < 20).length,
  background: getComputedStyle(document.body).backgroundColor,
  headline: document.querySelector("h1").innerText,
  picture: document.querySelectorAll(".card svg").length
    - [...document.querySelectorAll(".card svg")].filter((svg) => getComputedStyle(svg).display === "none").length,
})`;

interface Look {
  readonly overflow: number;
  readonly empty: number;
  readonly background: string;
  readonly headline: string;
  readonly picture: number;
}

describe("the report in a browser", () => {
  const test = existsSync(executablePath) ? it : it.skip;

  test(`opens from disk, by day and by night, on a desk and on a phone (needs ${executablePath})`, async () => {
    const folder = await Deno.makeTempDir();
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    try {
      const [events, machine] = [[...EVENTS, DONE], fakeHost().machine];
      const content = { events, configuration: PRESETS.desk, command: "deno task train", machine, date: "2026-01-02" };
      await Deno.writeTextFile(`${folder}/report.html`, reportPage(content));
      const backgrounds = new Set<string>();
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1200, 390, 320]) {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
          const words: string[] = [];
          page.on("console", (message) => words.push(message.text()));
          page.on("request", (request) => request.url().startsWith("file:") || words.push(request.url()));
          await page.goto(`file://${folder}/report.html`);
          const look = await page.evaluate(LOOK) as Look;
          deepEqual(words, []);
          ok(look.overflow <= 0, `${look.overflow} pixels too wide at ${width}`);
          equal(look.empty, 0);
          equal(look.picture, 1);
          equal(look.headline.replace(/\s/g, " "), "Held-out success: 40.0 % → 92.0 %");
          backgrounds.add(look.background);
          await page.close();
        }
      }
      equal(backgrounds.size, 2);
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
});
