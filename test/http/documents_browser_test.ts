import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { createApp } from "../../src/http/mod.ts";
import { fakeApplication } from "./openai/fake_application.ts";

const executablePath = Deno.env.get("EDDY_CHROMIUM") ?? "/usr/bin/chromium";
const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** Opens the page of a real application, and hears what the console says and whom the page asks. */
async function withPages(
  use: (open: (width: number, scheme?: "light" | "dark") => Promise<Page>) => Promise<void>,
): Promise<void> {
  const { deps } = fakeApplication();
  const app = createApp(deps);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => app.fetch(request),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const browser: Browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  try {
    const words: string[] = [];
    await use(async (width, colorScheme = "light") => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      page.on("console", (message) => words.push(message.text()));
      page.on("pageerror", (error) => words.push(error.message));
      page.on("request", (request) => request.url().startsWith(`${origin}/`) || words.push(request.url()));
      await page.goto(`${origin}/docs`);
      return page;
    });
    deepEqual(words.filter((word) => !word.startsWith("data:")), []);
  } finally {
    await browser.close();
  }
}

const FORM = '[data-path="/v1/chat/completions"]';

describe("/docs in a browser", () => {
  const test = existsSync(executablePath) ? it : it.skip;

  test(`fits by day and by night, on a desk and on a phone, asking nobody else (needs ${executablePath})`, async () => {
    await withPages(async (open) => {
      const backgrounds = new Set<unknown>();
      for (const scheme of ["light", "dark"] as const) {
        for (const width of [1400, 800, 390, 320]) {
          const page = await open(width, scheme);
          await page.evaluate("document.querySelectorAll('.told details').forEach((part) => part.open = true)");
          const over = await page.evaluate("document.documentElement.scrollWidth - innerWidth") as number;
          ok(over <= 0, `${over} pixels too wide at ${width}`);
          backgrounds.add(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
          const menu = await page.evaluate("document.querySelector('nav ul').checkVisibility()");
          equal(menu, width > 760, "the menu is folded on a phone");
          await page.close();
        }
      }
      equal(backgrounds.size, 2);
    });
  });

  test("asks with the form, and shows status and answer", async () => {
    await withPages(async (open) => {
      const page = await open(1400);
      await page.click(`${FORM} [type=submit]`);
      await page.waitForSelector(`${FORM} .outcome.good:has-text("ms")`);
      match(await page.textContent(`${FORM} .outcome`) ?? "", /^200 /);
      const answer = JSON.parse(await page.textContent(`${FORM} + .result`) ?? "");
      equal(answer.model, "router");
      match(answer.eddy.receipt, /^[\w-]{80,}$/);
    });
  });

  test("shows a stream, with the episode of the form's header", async () => {
    await withPages(async (open) => {
      const page = await open(1400);
      await page.fill(`${FORM} [name=x-eddy-episode]`, "mine");
      const body = { model: "desk", messages: [{ role: "user", content: "a" }], stream: true };
      await page.fill(`${FORM} textarea`, JSON.stringify(body));
      await page.click(`${FORM} [type=submit]`);
      await page.waitForSelector(`${FORM} .outcome.good:has-text("ms")`);
      const text = await page.textContent(`${FORM} + .result`) ?? "";
      match(text, /data: \[DONE\]/);
      match(text, /"episode":"mine"/);
    });
  });
});
