import { EddyError } from "../../errors.ts";
import { PROFILE_NAMES, type ProfileName, type RecipeEvent, type RecipeOutcome } from "../../recipe/mod.ts";
import { nearest } from "../../nearest.ts";
import type { Call, Command, Flag } from "../command.ts";
import type { Host } from "../host.ts";
import { type Paint, paint } from "../progress/paint.ts";
import { openCellLog } from "../recipe/cell_log.ts";
import { intervalText, signedFigure } from "../recipe/figures.ts";
import { loadRecipeRunner } from "../recipe/load_recipe_runner.ts";
import { readResults, type RecipeResult, withResult } from "../recipe/recipe_result.ts";
import { type OpenRecipe, type RecipeShelf, recipeShelf } from "../recipe/recipe_shelf.ts";
import { aligned, recipeTable, verdictWord } from "../recipe/recipe_table.ts";
import { recipeJsonView, recipeLiveView, recipePlainView, type RecipeView } from "../recipe/recipe_view.ts";
import { resultsPage } from "../recipe/results_page.ts";
import { recipePage } from "../report/recipe_page.ts";
import { wholeNumber } from "../whole_number.ts";

const FLAGS = {
  profile: {
    type: "string",
    value: "NAME",
    meaning: "smoke (it runs), claim (it decides; the default), full (more seeds)",
  },
  seed: { type: "string", value: "N", meaning: "the first seed; 1 unless given" },
  seeds: { type: "string", value: "N", meaning: "how many; as many as the profile says unless given" },
  out: { type: "string", value: "FOLDER", meaning: "where cells and report are kept; runs/recipe-NAME unless given" },
  data: { type: "string", value: "FILE", meaning: "a file of yours, for recipes that can use one" },
  json: { type: "boolean", meaning: "one JSON object a line" },
} satisfies Record<string, Flag>;

/** `eddy recipe`: runs a published system, made small, against its baseline and its ablation. */
export const recipeCommand: Command = recipeCommandOf((host) =>
  recipeShelf(new URL("../../recipes/", import.meta.url), host.workingDirectory)
);

/** The command over another shelf of recipes. */
export function recipeCommandOf(shelfOf: (host: Host) => RecipeShelf): Command {
  return {
    name: "recipe",
    summary: "Run a published system, made small, against its baseline and its ablation; or list them",
    operand: { name: "NAME", meaning: "a recipe's name, a module of yours (./mine.ts), or 'list'" },
    flags: FLAGS,
    examples: [
      ["deno task recipe list", "every recipe, with its last verdict"],
      ["deno task recipe gigpo", "does its claim hold? again after Ctrl-C goes on where it stopped"],
      ["deno task recipe gigpo --seeds 20", "more seeds, where an interval is too wide: those that are done stay"],
      ["deno task recipe nat --profile smoke --json", "a look within seconds, for machines"],
    ],
    async run(call, host): Promise<number> {
      const shelf = shelfOf(host);
      if (call.operand === undefined) {
        throw new EddyError("configuration_invalid", "Cannot run 'recipe': name one; 'eddy recipe list' shows all");
      }
      if (call.operand === "list") return await list(shelf, call, host);
      const options = {
        profile: profileOf(call),
        firstSeed: wholeNumber(call, "seed", 1),
        seeds: wholeNumber(call, "seeds", 1),
      };
      const { outcome, out } = await run(await shelf.open(call.operand), call, host, options);
      if (!call.given("json")) host.stdout.write(`  report  ${out}/report.html\n`);
      // What a user's module or file brings is the user's.
      const eddys = !outcome.own && call.text("data") === undefined;
      if (outcome.profile !== "smoke" && eddys) await keepResult(shelf, outcome, host);
      return 0;
    },
  };
}

interface Options {
  readonly profile: ProfileName;
  readonly firstSeed?: number;
  readonly seeds?: number;
}

type Result = RecipeResult & { readonly own: boolean };

async function run(
  { recipe, text, own }: OpenRecipe,
  call: Call,
  host: Host,
  { profile, firstSeed, seeds }: Options,
): Promise<{ outcome: Result; out: string }> {
  const out = call.text("out")?.replace(/(?<=.)\/+$/, "") ?? `runs/recipe-${recipe.name}`;
  const data = call.text("data");
  const origin = { text, profile: recipe.profiles[profile], data, eddy: host.machine.eddy };
  const log = await openCellLog(out, origin, host);
  const colors = paint(host.stdout.isTerminal && !host.variable("NO_COLOR"));
  const view = chooseView(call, host, colors);
  const interruption = new AbortController();
  const ignore = host.onInterrupt(() => (ignore(), interruption.abort()));
  const events: RecipeEvent[] = [];
  const known = new Set(log.kept);
  let done: RecipeOutcome;
  try {
    done = await (await loadRecipeRunner())(recipe, {
      profile,
      firstSeed,
      seeds,
      now: host.now,
      kept: log.kept,
      signal: interruption.signal,
      data,
      onEvent(event): void {
        events.push(event);
        if (event.event === "cell" && !known.has(event.cell)) log.add(event.cell);
        view.event(event);
      },
    });
  } catch (error) {
    throw interruption.signal.aborted ? goOn(error, call) : error;
  } finally {
    view.close();
    ignore();
  }
  const outcome = { ...done, date: host.date(), command: commandOf(call), processor: host.machine.processor, own };
  await host.writeText(`${out}/report.html`, recipePage({ recipe, outcome, events, machine: host.machine }));
  host.stdout.write(
    call.given("json")
      ? `${JSON.stringify({ event: "done", ...outcome, report: `${out}/report.html` })}\n`
      : recipeTable(outcome, colors),
  );
  return { outcome, out };
}

/** Puts a result among the last results, and the page that shows them. */
async function keepResult(shelf: RecipeShelf, { own: _, ...result }: Result, host: Host): Promise<void> {
  const results = withResult(await readResults(shelf.results("results.jsonl"), host), result);
  await host.writeText(
    shelf.results("results.jsonl"),
    results.map((each) => `${JSON.stringify(each)}\n`).join(""),
  );
  await host.writeText(shelf.results("RESULTS.md"), resultsPage(results));
}

async function list(shelf: RecipeShelf, call: Call, host: Host): Promise<number> {
  const results = await readResults(shelf.results("results.jsonl"), host);
  const lines = await Promise.all((await shelf.names()).map(async (name) => {
    const { recipe: { title, source } } = await shelf.open(name);
    const { verdict = "open" as const, figure = null, interval = null, date = null, profile = null, claims = [] } =
      results.find((result) => result.name === name) ?? {};
    const [hold, of] = [claims.filter((claim) => claim.verdict === "holds").length, claims.length];
    return { name, source, title, verdict, claims: { hold, of }, figure, interval, date, profile };
  }));
  if (call.given("json")) {
    for (const line of lines) host.stdout.write(`${JSON.stringify(line)}\n`);
    return 0;
  }
  const colors = paint(host.stdout.isTerminal && !host.variable("NO_COLOR"));
  const rows = lines.map(({ name, verdict, claims: { hold, of }, figure, interval, date, title }) => [
    name,
    verdictWord(verdict, colors),
    of === 0 ? "–" : `${hold} of ${of}`,
    figure === null ? "–" : signedFigure(figure),
    intervalText(interval),
    date?.slice(0, 10) ?? "not run yet",
    title,
  ]);
  host.stdout.write(
    aligned([["recipe", "verdict", "claims hold", "figure", "95 % interval", "date", ""].map(colors.dim), ...rows])
      .join("\n") + "\n",
  );
  return 0;
}

function profileOf(call: Call): ProfileName {
  const name = call.text("profile") ?? "claim";
  const known = PROFILE_NAMES.find((profile) => profile === name);
  if (known) return known;
  throw new EddyError(
    "configuration_invalid",
    `Cannot use '--profile ${name}': unknown; did you mean '${nearest(name, PROFILE_NAMES)}'?`,
  );
}

function chooseView(call: Call, host: Host, colors: Paint): RecipeView {
  if (call.given("json")) return recipeJsonView(host);
  return host.stdout.isTerminal && host.variable("TERM") !== "dumb"
    ? recipeLiveView(host, colors)
    : recipePlainView(host);
}

function goOn(cause: unknown, call: Call): EddyError {
  const message = `Cannot finish: interrupted; go on with '${commandOf(call)}', finished cells are kept`;
  return new EddyError("interrupted", message, { cause });
}

function commandOf(call: Call): string {
  return ["deno task recipe", ...call.words.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)].join(
    " ",
  );
}
