import { describe, it } from "@std/testing/bdd";
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { recipeCommand, recipeCommandOf } from "../../src/cli/commands/recipe.ts";
import type { OpenRecipe, RecipeShelf } from "../../src/cli/recipe/recipe_shelf.ts";
import { recipeShelf } from "../../src/cli/recipe/recipe_shelf.ts";
import { runCommandLine } from "../../src/cli/run_command_line.ts";
import type { Recipe, RecipeOutcome } from "../../src/recipe/mod.ts";
import { fakeRecipe, type Ran, wobble } from "../recipe/fake_recipe.ts";
import { type FakeHost, fakeHost } from "./fake_host.ts";

const good = fakeRecipe({
  old: ({ seed }) => 0.3 + wobble(seed),
  new: ({ seed }) => 0.8 + wobble(seed + 1),
  half: () => 0.5,
});
const bad = { ...fakeRecipe({ old: () => 0.5, new: ({ seed }) => 0.4 + wobble(seed), half: () => 0.5 }), name: "poor" };

function shelf(recipes: readonly Recipe[], own = false): RecipeShelf {
  return {
    names: () => Promise.resolve(recipes.map(({ name }) => name)),
    open: (name): Promise<OpenRecipe> =>
      Promise.resolve({ recipe: recipes.find((recipe) => recipe.name === name)!, text: name, own }),
    results: (file) => `/shelf/${file}`,
  };
}

async function eddy(
  line: string,
  host: FakeHost,
  recipes: readonly Recipe[] = [good, bad],
  own = false,
): Promise<number> {
  return await runCommandLine(line.split(" "), [recipeCommandOf(() => shelf(recipes, own))], host);
}

/** Objects of the lines that were written. */
const objects = (text: string): Record<string, unknown>[] =>
  text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));

describe("eddy recipe", () => {
  it("prints arms, claim, figure, interval and verdict, and keeps report, cells and result", async () => {
    const host = fakeHost();
    equal(await eddy("recipe fake", host), 0);
    match(host.out(), /new +method +0\.8\d\d .*0\.8\d 0\.7\d/);
    match(
      host.out(),
      /holds +new beats old by 0\.2\n +\+0\.5\d\d, 95 % interval \+0\.4\d\d to \+0\.5\d\d, threshold \+0\.200/,
    );
    const cells = host.files.get("runs/recipe-fake/cells.jsonl")!.trim().split("\n");
    equal(cells.length, 18);
    const page = host.files.get("/shelf/RESULTS.md")!;
    match(page, /\| \[fake\]\(fake\.ts\) \| \*\*holds\*\* \| (\d) of \1 \| \+0\.5\d\d \|/);
    match(page, /`deno task recipe fake`/);
  });

  it("writes failures down beside the rest, in the order of their names", async () => {
    const host = fakeHost();
    equal(await eddy("recipe poor", host), 0);
    equal(await eddy("recipe fake", host), 0);
    equal(await eddy("recipe poor --seed 21", host), 0);
    const page = host.files.get("/shelf/RESULTS.md")!;
    ok(page.indexOf("[fake]") < page.indexOf("[poor]"));
    match(page, /\[poor\]\(poor\.ts\) \| \*\*fails\*\* \| \d of \d \| −0\.1/);
    match(page, /seeds 21 to 26/);
    equal(host.files.get("/shelf/results.jsonl")!.trim().split("\n").length, 2);
  });

  it("lists every recipe with its last verdict, one object a line where asked", async () => {
    const host = fakeHost();
    await eddy("recipe fake", host);
    const before = host.out().length;
    equal(await eddy("recipe list --json", host), 0);
    const [fake, poor] = objects(host.out().slice(before));
    deepEqual(Object.keys(fake), [
      "name",
      "source",
      "title",
      "verdict",
      "claims",
      "figure",
      "interval",
      "date",
      "profile",
    ]);
    deepEqual([fake.name, fake.source, fake.verdict], ["fake", good.source, "holds"]);
    ok(typeof fake.figure === "number" && Array.isArray(fake.interval) && fake.interval.length === 2);
    equal(fake.date, "2026-01-02T03:04:05.000Z");
    deepEqual([poor.name, poor.verdict, poor.figure, poor.interval, poor.date], ["poor", "open", null, null, null]);
    await eddy("recipe list", host);
    match(
      host.out(),
      /fake +holds +\d of \d +\+0\.5\d\d +\+0\.4\d\d to \+0\.5\d\d +2026-01-02 +Fake & co\npoor +open +– +– +– +not run yet/,
    );
  });

  it("tells its events to machines, the outcome last", async () => {
    const host = fakeHost();
    equal(await eddy("recipe fake --profile smoke --json --out /o", host), 0);
    const events = objects(host.out());
    equal(events[0].event, "start");
    const done = events.at(-1) as unknown as RecipeOutcome & { event: string; report: string };
    deepEqual([done.event, done.report, done.verdict, done.seeds], ["done", "/o/report.html", "open", [1, 2]]);
    equal(events.filter(({ event }) => event === "done").length, 1);
    equal(host.files.has("/shelf/RESULTS.md"), false, "a smoke run says nothing about a claim");
  });

  it("keeps no result of a user's own recipe or file", async () => {
    for (const [line, own] of [["recipe fake", true], ["recipe fake --data tools.jsonl", false]] as const) {
      const host = fakeHost();
      equal(await eddy(line, host, [good], own), 0);
      ok(host.files.has("runs/recipe-fake/report.html") && !host.files.has("/shelf/RESULTS.md"));
    }
  });

  it("keeps finished cells at Ctrl-C, and goes on with them", async () => {
    const host = fakeHost();
    const ran: Ran = [];
    const slow = fakeRecipe(
      {
        old: () => 0.3,
        new: ({ seed }) => {
          if (seed === 3) host.interrupts.forEach((interrupt) => interrupt());
          return 0.8;
        },
        half: () => 0.5,
      },
      {},
      ran,
    );
    equal(await eddy("recipe fake", host, [slow]), 130);
    match(host.err(), /interrupted; go on with 'deno task recipe fake', finished cells are kept/);
    // Seeds 1 and 2 of three arms, and the first arm of seed 3.
    equal(host.files.get("runs/recipe-fake/cells.jsonl")!.trim().split("\n").length, 7);
    ran.length = 0;
    // What a crash cut short is left out.
    host.appendText("runs/recipe-fake/cells.jsonl", '{"origin":"sha');
    equal(
      await eddy("recipe fake", host, [{
        ...slow,
        arms: fakeRecipe(
          {
            old: () => 0.3,
            new: () => 0.8,
            half: () => 0.5,
          },
          {},
          ran,
        ).arms,
      }]),
      0,
    );
    equal(ran.length, 18 - 7);
    match(host.out(), /18 cells, 7 kept/);
  });

  it("does not use cells of another text or budget", async () => {
    const host = fakeHost();
    const ran: Ran = [];
    const counted = fakeRecipe({ old: () => 0.3, new: () => 0.8, half: () => 0.5 }, {}, ran);
    await eddy("recipe fake", host, [counted]);
    const changed = { ...counted, profiles: { ...counted.profiles, claim: { seeds: 6, budget: 40, tasks: 2 } } };
    await eddy("recipe fake", host, [changed]);
    equal(ran.length, 2 * 18);
    await eddy("recipe fake --profile full", host, [counted]);
    equal(ran.length, 2 * 18 + 9, "more seeds of the same go on with those there are");
    await eddy("recipe fake --seeds 11", host, [counted]);
    equal(ran.length, 2 * 18 + 9 + 2 * 3, "as many seeds as one asks for");
  });

  it("names the nearest known of what it does not know", async () => {
    const said = async (line: string): Promise<string> => {
      const host = fakeHost();
      equal(await runCommandLine(line.split(" "), [recipeCommand], host), 2);
      return host.err();
    };
    match(await said("recipe gigop"), /Cannot run recipe 'gigop': .*did you mean 'gigpo'\?/);
    match(await said("recipe gigpo --profile clam"), /Cannot use '--profile clam': unknown; did you mean 'claim'\?/);
    match(await said("recipe gigpo --sed 3"), /did you mean '--seed'\?/);
    match(await said("recipe gigpo --seed x"), /expected a whole number of at least 1/);
    match(await said("recipe"), /name one; 'eddy recipe list' shows all/);
    match(await said("recipe ./not_there.ts"), /Cannot open recipe '\.\/not_there\.ts'/);
  });

  it("says which line of kept cells is broken", async () => {
    const host = fakeHost();
    await host.writeText("runs/recipe-fake/cells.jsonl", "{\n{}\n");
    equal(await eddy("recipe fake", host), 65);
    match(host.err(), /runs\/recipe-fake\/cells\.jsonl:1 is broken; take the file away/);
  });

  it("writes a page that shows all seeds, escapes what it is told, and asks nothing of a network", async () => {
    const host = fakeHost({ columns: 100, rows: 30 });
    await eddy("recipe fake", host);
    const html = host.files.get("runs/recipe-fake/report.html")!;
    doesNotMatch(html, /NaN|undefined|Infinity|https?:|url\(|<script|<Nothing>|P<1>/);
    match(html, /Fake &#38; co: <em class="holds">the claim holds/);
    equal(html.match(/<circle cx/g)!.length, 6, "one dot a seed for the claim");
    equal(html.match(/<circle class="arm\d" cx="[\d.]+" cy="[\d.]+" r="5"\/>/g)!.length, 18 + 3, "arms and legend");
    equal(html.match(/<path class="seed arm/g)!.length, 18);
    match(host.out(), /━/);
  });
});

describe("recipeShelf()", () => {
  it("opens each of Eddy's recipes by its name", async () => {
    const eddys = recipeShelf(new URL("../../src/recipes/", import.meta.url), "/project");
    const names = await eddys.names();
    ok(names.includes("gigpo") && names.includes("nat"));
    const { recipe, own, text } = await eddys.open("gigpo");
    deepEqual([recipe.name, own, text.includes("defineRecipe")], ["gigpo", false, true]);
    match(eddys.results("RESULTS.md"), /src.recipes.RESULTS\.md$/);
  });
});
