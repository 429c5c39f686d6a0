import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  blobBytes,
  type LanguageModel,
  loadLanguageModel,
  type LoadLanguageModelOptions,
} from "../../src/policy/mod.ts";
import { POOR_CONTRASTS } from "../dashboard/_poor_contrasts.ts";
import { fixturesFolder } from "../fixtures.ts";
import { tinyChatGguf } from "../policy/tiny_chat_gguf.ts";
import { bundlePage } from "./_bundle_page.ts";

const executablePath = Deno.env.get("EDDY_CHROMIUM") ?? "/usr/bin/chromium";
const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  wasm: "application/wasm",
  svg: "image/svg+xml",
};
/** With these a page may share memory with its threads, as a GPU needs. */
const SHARING = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const base = `${fixturesFolder}/models/llama-tied/gguf/llama-tied-q8_0.gguf`;
const kernels = await loadKernels();
const gguf = tinyChatGguf(kernels, 5);

/** What Deno answers, with the formats of the page. */
async function expected(
  bytes: Uint8Array<ArrayBuffer>,
  format: LoadLanguageModelOptions["format"],
  ask: (model: LanguageModel) => Uint32Array,
): Promise<string> {
  const formats = { format, headFormat: format, cacheFormat: "q8" } as const;
  using model = await loadLanguageModel(kernels, blobBytes(bytes.buffer, "gguf"), formats);
  return [...model.speak(ask(model), { seed: 3, temperature: 0, maximumTokens: 40 })].map(({ id }) => id).join();
}

async function askPage(page: Page, words: string): Promise<string> {
  await page.locator("#temperature").fill("0");
  await page.locator("#seed").fill("3");
  await page.locator("#most").fill("40");
  const { length } = await page.locator(".assistant").all();
  await page.locator("#words").fill(words);
  await page.keyboard.press("Enter");
  const answer = page.locator(".assistant[data-ids]").nth(length);
  await answer.waitFor();
  return (await answer.getAttribute("data-ids"))!;
}

const folder = await Deno.makeTempDir();
const [tiny, bad] = [`${folder}/tiny.gguf`, `${folder}/bad.gguf`];
await Deno.writeFile(tiny, gguf);
await Deno.writeFile(bad, gguf.slice(0, 99));
const reason = existsSync(executablePath) ? await bundlePage(folder) : `needs ${executablePath}`;
const suite = reason ? describe.skip : describe;

/** Asks the same of the model on each device, in a thread that may wait. */
const ON_DEVICES = `import { fetchedBytes, loadKernels, loadLanguageModel } from "./eddy.js";
try {
  const kernels = await loadKernels(), told = {};
  for (const device of ["cpu", "webgpu", "auto"]) {
    let choice;
    const formats = { format: "q8", headFormat: "q8", onDevice: (made) => choice = made };
    const bytes = await fetchedBytes(new URL("./model.gguf", location.href).href);
    const model = await loadLanguageModel(kernels, bytes, { ...formats, device, now: () => performance.now() });
    const prompt = model.prompt([{ role: "user", content: "hello" }]);
    const spoken = [...model.speak(prompt, { seed: 3, temperature: 0, maximumTokens: 1 })];
    told[device] = { device: choice.device, logProbs: spoken.map(({ logProb }) => logProb) };
    model[Symbol.dispose]();
  }
  postMessage(told);
} catch (error) {
  postMessage(error.message);
}`;

/** The bundle, and the model in ranges. */
function serveFolder(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/model.gguf") return part(request);
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const type = TYPES[name.split(".").at(-1)!] ?? "";
    if (!existsSync(`${folder}/${name}`)) return new Response("", { status: 404 });
    return new Response(readFileSync(`${folder}/${name}`), { headers: { "content-type": type, ...SHARING } });
  });
}

suite(`workers/chat_page in a browser${reason ? ` (skipped: ${reason})` : ""}`, () => {
  const test = (name: string, run: (page: Page, address: string) => Promise<void>): void =>
    it(name, async () => {
      const words: string[] = [];
      await using server = serveFolder();
      const address = `http://127.0.0.1:${server.addr.port}/`;
      const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
      try {
        const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
        page.on("console", (message) => words.push(message.text()));
        page.on("pageerror", (error) => words.push(error.message));
        page.on("request", (request) => /^(blob:)?http:\/\/127/.test(request.url()) || words.push(request.url()));
        await page.goto(address);
        await run(page, address);
        deepEqual(words, []);
      } finally {
        await browser.close();
      }
    });

  test("answers from a chosen file as Deno does, again without a network, and stops", async (page) => {
    await page.locator("#file").setInputFiles(tiny);
    await page.locator("#chat").waitFor();
    const said = await expected(gguf, "q8", (model) => model.prompt([{ role: "user", content: "hello there" }]));
    ok(said.split(",").length > 5, said);
    equal(await askPage(page, "hello there"), said);
    match(await page.locator("#speed").innerText(), /^\d+\.\d$/);
    // This browser has no GPU.
    equal(await page.evaluate("crossOriginIsolated"), true);
    equal(await page.locator("body").getAttribute("data-device"), "cpu");
    match(await page.locator("#memory").innerText(), /^[\d.]+ MB$/);

    await page.context().setOffline(true);
    await page.locator("#reset").click();
    equal(await askPage(page, "hello there"), said);
    await page.locator("#most").fill("100000");
    await page.locator("#temperature").fill("5");
    await page.locator("#words").fill("and on");
    await page.evaluate(`for (const id of ["send", "stop"]) document.getElementById(id).click()`);
    await page.locator(".assistant[data-reason=stopped]").waitFor();
    equal(await page.locator("#send").isVisible(), true);
  });

  test("says what is wrong with a file, and takes an address, in ranges and at four bits", async (page, address) => {
    await page.locator("#file").setInputFiles(bad);
    match(await page.locator("#choose-error:not(:empty)").innerText(), /Cannot read 'bad\.gguf'/);
    await page.locator("#url").fill(`${address}model.gguf`);
    await page.locator("#format").selectOption("e4");
    await page.locator("#choose [type=submit]").click();
    await page.locator("#chat").waitFor();
    const said = await expected(gguf, "e4", (model) => model.prompt([{ role: "user", content: "hello" }]));
    equal(await askPage(page, "hello"), said);
  });

  test("fits a phone and has contrast by day and by night", async (page) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1000, 360]) {
        await page.setViewportSize({ width, height: 780 });
        ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `too wide at ${width}`);
        deepEqual(await page.evaluate(POOR_CONTRASTS), [], `${colorScheme}, ${width}`);
      }
      if (colorScheme === "dark") break;
      await page.locator("#file").setInputFiles(tiny);
      await page.locator("#chat").waitFor();
      await askPage(page, "hello");
    }
  });

  it("computes in a GPU's memory, as near to the processor as rounding lets it, and chooses no software", async () => {
    await using server = serveFolder();
    const software = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];
    const args = [...ARGUMENTS.filter((each) => each !== "--disable-gpu"), ...software];
    const browser = await chromium.launch({ executablePath, args });
    try {
      const page = await browser.newPage();
      await Deno.writeTextFile(`${folder}/on_devices.js`, ON_DEVICES);
      await page.goto(`http://127.0.0.1:${server.addr.port}/`);
      const told = await page.evaluate(
        `new Promise((resolve) => {
          setTimeout(() => resolve("no answer"), 30_000);
          new Worker("./on_devices.js", { type: "module" }).onmessage = (e) => resolve(e.data);
        })`,
      ) as Record<"cpu" | "webgpu" | "auto", { readonly device: string; readonly logProbs: number[] }> | string;
      if (typeof told === "string") {
        ok(/there is none that WebGPU knows/.test(told), told);
        return console.log("this browser has no software adapter for WebGPU: its engine is not tried");
      }
      deepEqual([told.cpu.device, told.webgpu.device, told.auto.device], ["cpu", "webgpu", "cpu"]);
      deepEqual(told.auto.logProbs, told.cpu.logProbs);
      equal(told.webgpu.logProbs.length, 1);
      ok(Math.abs(told.webgpu.logProbs[0] - told.cpu.logProbs[0]) < 0.1, JSON.stringify(told));
    } finally {
      await browser.close();
    }
  });

  const testBase = existsSync(base) ? test : (name: string): void => it.skip(name, () => {});
  testBase(
    `goes on with a text where there is no chat template (needs ${base})`,
    async (page) => {
      await page.locator("#file").setInputFiles(base);
      await page.locator("#chat").waitFor();
      const bytes = new Uint8Array(readFileSync(base));
      const said = await expected(bytes, "q8", (model) => model.tokenizer.encode("Who is Watson?"));
      equal(await askPage(page, "Who is Watson?"), said);
    },
  );

  it("leaves nothing behind", () => Deno.remove(folder, { recursive: true }));
});

/** The part of the model that is asked for. */
function part(request: Request): Response {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "") ?? [];
  if (!from) return new Response("only in ranges", { status: 400 });
  const headers = { "content-range": `bytes ${from}-${to}/${gguf.length}` };
  return new Response(gguf.slice(Number(from), Number(to) + 1), { status: 206, headers });
}
