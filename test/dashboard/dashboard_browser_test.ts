import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { AgentStatus, LoopEvent } from "../../src/learning/mod.ts";
import { busyContent, emptyContent, fakeEpisode, NOON } from "./_fake_content.ts";
import { type FakeService, fakeService } from "./_fake_service.ts";
import { POOR_CONTRASTS } from "./_poor_contrasts.ts";

const executablePath = Deno.env.get("EDDY_CHROMIUM") ?? "/usr/bin/chromium";
const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** A page on a service, and what must stay empty: words of the console, requests to anyone else. */
interface Visit {
  readonly page: Page;
  readonly words: string[];
  /** Text of an element, once it matches. */
  readonly sees: (selector: string, text: RegExp) => Promise<string>;
}

async function visit(browser: Browser, { url }: FakeService, options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, timezoneId: "UTC", ...options });
  const words: string[] = [];
  page.on("console", (message) => words.push(message.text()));
  page.on("pageerror", (error) => words.push(error.message));
  page.on("request", (request) => request.url().startsWith(url) || words.push(request.url()));
  await page.goto(url);
  const sees = async (selector: string, text: RegExp): Promise<string> => {
    const found = page.locator(selector, { hasText: text }).first();
    await found.waitFor({ state: "visible", timeout: 20_000 });
    return (await found.innerText()).replace(/\s+/g, " ");
  };
  return { page, words, sees };
}

function progress(status: AgentStatus, change: Partial<AgentStatus>): LoopEvent {
  return { event: "progress", agent: status.agent, at: NOON + 23 * 60_000, status: { ...status, ...change } };
}

describe("the dashboard in a browser", () => {
  const test = (name: string, run: (browser: Browser) => Promise<void>): void =>
    (existsSync(executablePath) ? it : it.skip)(`${name} (needs ${executablePath})`, async () => {
      const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
      try {
        await run(browser);
      } finally {
        await browser.close();
      }
    });

  test("shows where an agent stands, and follows its events", async (browser) => {
    await using service = fakeService(busyContent());
    const { page, words, sees } = await visit(browser, service);
    match(await sees("h1", /Reward 0\.36/), /14,000 judgements; version 23 serves 90 %/);
    match(await sees(".facts", /14,000/), /v23 v27 on trial: 10 % .*184 a second/);
    match(await sees("#curve", /\bv4\b/), /moving mean of 1,000 judgements.* v23 v19 refused v14 v9 v4 0\.76/);
    match(await sees("#publications", /refused/), /worse by 0\.08 ± 0\.05 by gate/);
    match(await sees("#feedback [data-kind=duplicate]", /306/), /counted once/);
    match(await sees("#pace", /judgement to served/), /1\.8 s 4\.2 s/);
    await page.locator(".episode").nth(1).locator("summary").click();
    match(
      await sees(".episode[open]:has(.steps)", /lamp/),
      /replace_item.*probability \d+ %.*helped (yes|no) by person.*reward \d/,
    );

    await page.waitForFunction("document.querySelectorAll('.episode').length === 20");
    const status = service.content.report.agents[0].status!;
    service.send("progress", progress(status, { judgements: 14_250, health: "learning: reward 0.36 → 0.81" }));
    await sees("h1", /0\.81/);
    await sees("#curve .count", /14,250 judgements/);
    service.send("publication", {
      event: "publication",
      agent: "support",
      at: NOON + 23 * 60_000,
      action: "rollback",
      version: 23,
      by: "guard",
      assignment: { incumbent: 14 },
      reason: "reward fell by 0.3",
    });
    match(await sees(".publications li", /rolled back/), /v23 rolled back reward fell by 0\.3 by guard/);
    await sees("#timeline .count", /v14 answers everything/);
    service.send("warning", {
      event: "warning",
      agent: "support",
      at: NOON + 23 * 60_000,
      warning: "reward drift",
      level: "stop",
      value: 6.234,
      threshold: 4,
      reason: "learning stopped",
    });
    match(
      await sees("#warnings", /reward drift/),
      /Stopped: reward drift.*learning stopped 6\.23 where 4 is the limit/,
    );
    deepEqual(words, []);
  });

  test("shows the early warnings of before after a reload", async (browser) => {
    const content = busyContent();
    const [agent, ...others] = content.report.agents;
    const warning = {
      agent: "support",
      at: NOON + 21 * 60_000,
      warning: "calibrationError",
      level: "warn",
      value: 0.234,
      threshold: 0.2,
      reason: "difference between judged and expected reward",
    } as const;
    content.report = { ...content.report, agents: [{ ...agent, warnings: [warning] }, ...others] };
    await using service = fakeService(content);
    const { page, words, sees } = await visit(browser, service);
    for (let visits = 0; visits < 2; visits++) {
      match(await sees("#warnings", /calibrationError/), /Early warning: .* 0\.234 where 0\.2 is the limit/);
      equal(await page.locator(".warning").count(), 1);
      await page.reload();
    }
    deepEqual(words, []);
  });

  test("shows text of users as text", async (browser) => {
    const content = busyContent();
    const bad = `<img src=x onerror="document.title='owned'"></script><script>document.title='owned'</script>`;
    const episode = fakeEpisode(1, NOON, bad);
    const steps = episode.steps.map((step) => ({ ...step, action: bad, candidates: step.candidates!.map(() => bad) }));
    const feedback = episode.feedback.map((one) => ({ ...one, author: bad, metric: bad, value: bad }));
    content.episodes = [{ ...episode, id: `"><b>${bad}`, steps, feedback }];
    const [agent] = content.report.agents;
    const named = { ...agent, agent: bad, history: agent.history.map((line) => ({ ...line, reason: bad, by: bad })) };
    content.report = {
      ...content.report,
      version: bad,
      agents: [{ ...named, status: { ...agent.status!, health: bad } }],
    };
    await using service = fakeService(content);
    const { page, words, sees } = await visit(browser, service);
    await sees("h1", /<img src=x onerror=/);
    await page.locator(".episode summary").first().click();
    match(await sees(".episode[open]:has(.steps)", /onerror/), /<\/script><script>/);
    await page.locator("#timeline .stop .touch").first().hover();
    await sees("#tip", /<img src=x/);
    equal(await page.locator("main img, main script, footer img, header img").count(), 0);
    match(await page.title(), /^<img/);
    deepEqual(words, []);
  });

  test("says that the service is gone, and comes back with it", async (browser) => {
    const first = fakeService(busyContent());
    const { page, sees } = await visit(browser, first);
    await sees("#connection", /live/);
    await first[Symbol.asyncDispose]();
    await sees("#connection", /service gone, next try in \d+ s/);
    match(await sees("h1", /Reward/), /0\.36/);
    await using _second = fakeService(busyContent({ rolledBack: true }), { port: first.port });
    await sees("#connection", /live/);
    await sees("h1", /went back to version 14/);
    await page.close();
  });

  test("asks for a key when the service does, and keeps it in the tab only", async (browser) => {
    await using service = fakeService(busyContent(), { key: "right" });
    const { page, sees } = await visit(browser, service);
    await sees("#key", /asks for a key/);
    equal(await page.locator("#agent").isVisible(), false);
    await page.keyboard.type("wrong"); // the field has the focus
    await page.keyboard.press("Enter");
    await sees("#key-error", /does not know this key/);
    await page.keyboard.type("may-not-read");
    await page.keyboard.press("Enter");
    await sees("#key-error", /may not read/);
    await page.keyboard.type("right");
    await page.keyboard.press("Enter");
    await sees("h1", /Reward/);
    await page.locator(".episode").first().waitFor();
    ok(service.asked.some(({ path, key }) => path === "/v1/events" && key === "right"));
    equal(await page.evaluate("sessionStorage.getItem('eddy-key')"), "right");
    equal(
      await page.evaluate("JSON.stringify(localStorage) + document.cookie + location.href.includes('right')"),
      "{}false",
    );
    equal(await page.locator("#key-text").inputValue(), "");
  });

  test("tells how to begin when nothing has happened, and begins with the first judgement", async (browser) => {
    await using service = fakeService(emptyContent());
    const { page, words, sees } = await visit(browser, service);
    const command = await sees("#welcome", /Nothing decided yet/);
    match(command, new RegExp(`curl -s ${service.url}v1/decisions.*"agent":"support".*/v1/feedback`));
    equal(await page.locator("#learning").isVisible(), false);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("[data-copy]").first().click();
    match(await page.evaluate("navigator.clipboard.readText()") as string, /^curl -s .* \\\n {2}-H/);
    const status = service.content.report.agents[0].status!;
    service.send(
      "progress",
      progress(status, { judgements: 20, meanReward: 0.5, recentReward: 0.5, state: "learning" }),
    );
    await sees("#curve .count", /20 judgements/);
    equal(await page.locator("#welcome").isVisible(), false);
    deepEqual(words, []);
  });

  test("stays responsive under thousands of events a second", async (browser) => {
    await using service = fakeService(busyContent());
    const { page, words, sees } = await visit(browser, service);
    await sees("h1", /Reward/);
    await page.evaluate(`new MutationObserver(() => window.changes = (window.changes ?? 0) + 1)
      .observe(document.querySelector("#hero"), { childList: true })`);
    const status = service.content.report.agents[0].status!;
    for (let i = 1; i <= 4000; i++) service.send("progress", progress(status, { judgements: 14_000 + i }));
    await sees("#curve .count", /18,000 judgements/);
    const changes = await page.evaluate("window.changes") as number;
    ok(changes >= 1 && changes < 400, `${changes} pictures for 4,000 events`);
    ok(await page.locator("#curve path.part").count() <= 480);
    deepEqual(words, []);
  });

  test("holds still while an episode is read", async (browser) => {
    await using service = fakeService(busyContent());
    const { page, sees } = await visit(browser, service);
    await page.locator(".episode").nth(2).locator("summary").click();
    const open = await page.locator(".episode[open]").getAttribute("data-id");
    service.content.episodes = [fakeEpisode(101, NOON + 23 * 60_000), ...service.content.episodes.slice(0, 19)];
    service.send("progress", progress(service.content.report.agents[0].status!, { judgements: 14_001 }));
    await sees("#newer", /1 newer/);
    equal(await page.locator(".episode").nth(2).getAttribute("data-id"), open);
    await page.locator("#newer").click();
    equal(await page.locator(".episode").first().getAttribute("data-id"), "episode-101");
  });

  test("fits a phone, has contrast by day and by night, and lets the reader choose", async (browser) => {
    for (const content of [busyContent(), busyContent({ rolledBack: true }), emptyContent()]) {
      await using service = fakeService(content);
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1280, 768, 360]) {
          const { page, words } = await visit(browser, service, { colorScheme, viewport: { width, height: 800 } });
          await page.locator("#agent").waitFor();
          if (content.episodes.length) await page.locator(".episode summary").first().click();
          ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `too wide at ${width}`);
          deepEqual(await page.evaluate(POOR_CONTRASTS), [], `${colorScheme}, ${width}`);
          deepEqual(words, []);
          await page.close();
        }
      }
    }
    await using service = fakeService(busyContent());
    const { page, sees } = await visit(browser, service, { colorScheme: "light" });
    await sees("#hero h1", /Reward/);
    const background = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const day = await background();
    await page.getByRole("button", { name: "Colors: system" }).click();
    await page.getByRole("button", { name: "Colors: light" }).click();
    const night = await background();
    ok(day !== night);
    await page.evaluate(`document.querySelector("#hero h1").style.color = "#777"`);
    match((await page.evaluate(POOR_CONTRASTS) as string[]).join(), /^H1\./); // it can fail

    await page.reload();
    equal(await background(), night);
  });

  test("is usable by keyboard and by ear", async (browser) => {
    await using service = fakeService(busyContent());
    const { page, sees } = await visit(browser, service, { reducedMotion: "reduce" });
    await sees("h1", /Reward/);
    await page.keyboard.press("Tab");
    equal(await page.evaluate("document.activeElement.className"), "skip");
    deepEqual(
      await page.evaluate(`["header", "nav", "main", "footer"].filter((name) => !document.querySelector(name))`),
      [],
    );
    equal(await page.locator("svg:not([aria-hidden]):not([role=img][aria-label])").count(), 0);
    match(await page.locator("#announcer").innerText(), /support: Learning\. v23 answers 90 %/);
    equal(await page.evaluate("document.getAnimations().length"), 0);
    await page.getByRole("link", { name: "router" }).focus();
    await page.keyboard.press("Enter");
    await sees("#hero", /router · reward-model/);
    equal(await page.getByRole("link", { name: "router" }).getAttribute("aria-current"), "page");
  });
});
