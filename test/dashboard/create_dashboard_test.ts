import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createDashboard } from "../../src/dashboard/mod.ts";

const dashboard = createDashboard();
const page = fileURLToPath(new URL("../../src/dashboard/page/", import.meta.url));

describe("createDashboard()", () => {
  it("answers / and every file that stands in page/ as it stands there", async () => {
    const names = [...Deno.readDirSync(page)].map(({ name }) => name);
    ok(names.includes("main.js"));
    for (const name of names) {
      const response = dashboard(`/dashboard/${name}`);
      ok(response, `${name} is not served: page_files.ts does not name it`);
      equal(await response.text(), Deno.readTextFileSync(`${page}${name}`));
    }
    equal(await dashboard("/")?.text(), Deno.readTextFileSync(`${page}index.html`));
  });

  it("says what each file is, and lets the page speak to nobody else", () => {
    const type = (path: string): string => dashboard(path)?.headers.get("content-type") ?? "";
    deepEqual(["/", "/dashboard/main.js", "/dashboard/palette.css", "/dashboard/icon.svg"].map(type), [
      "text/html; charset=utf-8",
      "text/javascript; charset=utf-8",
      "text/css; charset=utf-8",
      "image/svg+xml",
    ]);
    const policy = dashboard("/")?.headers.get("content-security-policy") ?? "";
    match(policy, /^default-src 'self';/);
    ok(!policy.includes("unsafe"));
    equal(dashboard("/")?.headers.get("x-content-type-options"), "nosniff");
  });

  it("leaves every other path to others", () => {
    for (
      const path of ["", "/x", "/main.js", "/dashboard", "/dashboard/", "/dashboard/toString", "/dashboard/../mod.ts"]
    ) {
      equal(dashboard(path), undefined, path);
    }
  });

  it("asks for no file that is not there", async () => {
    const wanted = new Set<string>();
    for (const path of ["/", ...[...Deno.readDirSync(page)].map(({ name }) => `/dashboard/${name}`)]) {
      const text = await dashboard(path)!.text();
      for (const [, name] of text.matchAll(/(?:href|src)="(\/dashboard\/[^"]+)"/g)) wanted.add(name);
      for (const [, name] of text.matchAll(/from "\.\/([^"]+)"/g)) wanted.add(`/dashboard/${name}`);
    }
    ok(wanted.size > 15);
    for (const path of wanted) ok(dashboard(path), path);
  });

  it("answers the same from a bundle in workerd", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const [entry, bundle] = [`${folder}/entry.ts`, `${folder}/bundle.js`];
      const room = new URL("../../src/dashboard/mod.ts", import.meta.url).href;
      await Deno.writeTextFile(
        entry,
        `import { createDashboard } from ${JSON.stringify(room)};
const dashboard = createDashboard();
export default { fetch: (request) => dashboard(new URL(request.url).pathname) ?? new Response("none", { status: 404 }) };`,
      );
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["bundle", "--quiet", "--output", bundle, entry],
      }).output();
      ok(success, new TextDecoder().decode(stderr));
      const script = fileURLToPath(new URL("_ask_workerd.ts", import.meta.url));
      const told = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-lock", script, bundle, "/", "/dashboard/no.js"],
      }).output();
      const answers = JSON.parse(new TextDecoder().decode(told.stdout));
      deepEqual(answers, [{ status: 200, text: await dashboard("/")!.text() }, { status: 404, text: "none" }]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
