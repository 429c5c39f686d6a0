/**
 * The rules that hold between folders, as a function of file texts: `architecture_test.ts` runs it on the project and
 * on small wrong examples.
 */

/** A folder imports only from folders of a lower floor. */
export const FLOORS: Readonly<Record<string, number>> = {
  errors: 0,
  nearest: 0,
  kernels: 0,
  episode: 1,
  rl: 1,
  language: 1,
  policy: 2,
  environment: 2,
  dataset: 2,
  store: 2,
  bus: 2,
  agent: 3,
  learning: 4,
  recipe: 5,
  http: 5,
  edge: 5.5,
  dashboard: 5,
  service: 6,
  recipes: 7,
  cli: 7,
  workers: 7.5,
  mod: 8,
};

/** What only the outermost floor may touch. */
const MACHINE = [
  "Deno.env",
  "Deno.args",
  "process.env",
  "process.argv",
  "Date.now",
  "new Date()",
  "performance.now",
  "Math.random",
  "crypto.getRandomValues",
  "crypto.randomUUID",
];

/** Folders of this or that machine; written apart, so that this file does not hold them itself. */
const MACHINE_PATHS = [["", "work", ""], ["", "root", ""], ["", "home", ""], ["", "Users", ""], ["C:", "\\"]]
  .map((parts) => parts.join("/"));

/** Lines; tables of cases and kernels with their tests are longer than what is read from top to bottom. */
const LONGEST_FILE = { source: 400, other: 650 } as const;

/** One import. */
interface Arrow {
  readonly from: string;
  readonly to: string;
}

/**
 * Every broken rule in `files` (path from the project's root → text), one sentence each.
 */
export function brokenRules(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => [
    ...brokenFileRules(path, text),
    ...(/^(src|workers)\/.*\.[jt]s$/.test(path) ? brokenSourceRules(path, withoutComments(text)) : []),
  ]);
}

function brokenFileRules(path: string, text: string): string[] {
  const lines = text.split("\n").length - 1;
  const own = /^(src|workers|test|rust-kernels\/(src|benches))\//.test(path) && !path.startsWith("test/fixtures/");
  const longest = LONGEST_FILE[/^(src|workers)\//.test(path) ? "source" : "other"];
  return [
    ...(own && /\.(ts|js|rs)$/.test(path) && lines > longest
      ? [`${path} has ${lines} lines, more than ${longest}: which noun is missing?`]
      : []),
    ...MACHINE_PATHS.filter((place) => path !== "LICENSE" && !path.startsWith(".ci/") && text.includes(place))
      .map((place) => `${path} names '${place}', a folder of one machine`),
  ];
}

function brokenSourceRules(path: string, code: string): string[] {
  const room = roomOf(path);
  const outermost = room === "cli" || room === "workers";
  return [
    ...(room in FLOORS ? [] : [`${path} stands in '${room}', which has no floor`]),
    ...(outermost ? [] : MACHINE.filter((name) => code.includes(name)).map((name) => `${path} uses ${name}`)),
    ...imports(path, code).flatMap((arrow) => brokenArrow(arrow)),
  ];
}

function brokenArrow({ from, to }: Arrow): string[] {
  const [above, below] = [roomOf(from), roomOf(to)];
  if (to.startsWith("wasm/")) return above === "kernels" ? [] : [`${from} imports ${to}: only src/kernels may`];
  if (to.startsWith("test/")) return [`${from} imports ${to}: tests are not part of the program`];
  if (!/^(src|workers)\//.test(to)) return [];
  if (above === below || isAllowed(above, below)) return [];
  return [
    `${from} imports ${to}: '${above}' (floor ${FLOORS[above]}) may not look up or sideways to '${below}' (floor ${
      FLOORS[below]
    })`,
  ];
}

/** Lower floors; `language` from `policy`; `episode`'s types and floor 0 from everywhere. */
function isAllowed(above: string, below: string): boolean {
  if (FLOORS[below] < FLOORS[above]) return true;
  if (below === "episode") return FLOORS[above] >= 1;
  return FLOORS[below] === 0 && FLOORS[above] === 0;
}

/** `src/rl/gae.ts` → `rl`, `src/errors.ts` → `errors`, `workers/rollout.ts` → `workers`. */
function roomOf(path: string): string {
  const [top, second] = path.split("/");
  return top === "workers" ? "workers" : (second ?? "").replace(/\.[^.]*$/, "");
}

/** Static, dynamic and bare imports and re-exports with a relative path; type-only ones as well. */
function imports(path: string, code: string): Arrow[] {
  const folder = path.split("/").slice(0, -1);
  const found = code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g);
  // A worker's entry point is a program that is started, a recipe one that is opened by name: neither is imported.
  const urls = code.matchAll(/new URL\(\s*["'](\.{1,2}\/[^"']+)["']\s*,\s*import\.meta\.url/g);
  const started = [...urls].filter(([, target]) => !/(^|\/)(workers|recipes)\//.test(target));
  return [...found, ...started].map(([, target]) => {
    const parts = [...folder];
    for (const part of target.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return { from: path, to: parts.join("/") };
  });
}

/** Examples in comments may import what they like. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}
