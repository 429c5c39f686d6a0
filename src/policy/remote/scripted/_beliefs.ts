import type { RemoteRequest } from "../wire.ts";
import { drawOf } from "./_draw.ts";
import type { MadeSaying, RequestView, Saying, ScriptedRole, ScriptedRule } from "./scripted_role.ts";

/** What a stand-in might say to a request, and how likely: a distribution over whole answers. */
export interface Beliefs {
  /** Different from each other; the most likely first. */
  readonly sayings: readonly Saying[];
  /** [sayings] at temperature 1; add up to 1. */
  readonly probabilities: readonly number[];
  /** Place of the rule in the role's table; -1 where none held. */
  readonly rule: number;
}

/** What is said where a role does not tell. */
const FALLBACK = "I do not know.";

/**
 * The answers of a role to a request.
 *
 * ```text
 * favourite = the right one            if u(seed, role, rule, question) < competence, else a mistake
 * P(favourite) = 1 − noise,  P(each other) = noise / others
 * ```
 *
 * @returns Nothing where the request demands calls or JSON that no saying of the role has.
 */
export function beliefsOf(role: ScriptedRole, name: string, request: RemoteRequest, seed: number): Beliefs | undefined {
  const view = viewOf(name, request);
  const fallback = role.fallback ?? FALLBACK;
  for (const [place, rule] of [...role.rules, { say: fallback }].entries()) {
    const held = holds(rule, view);
    if (!held) continue;
    const right = make(rule.say, held);
    if (!isAllowed(right, request)) continue;
    const others = (rule.mistakes ?? [fallback]).map((mistake) => make(mistake, held))
      .filter((mistake) => isAllowed(mistake, request));
    const sayings = distinct([right, ...others]);
    const question = `${place} ${held.last}`;
    const competence = dial(rule.competence ?? role.competence ?? 1, held);
    const knows = sayings.length === 1 || drawOf(seed, "knows", name, question) < competence;
    const favourite = knows ? 0 : 1 + Math.floor(drawOf(seed, "mistake", name, question) * (sayings.length - 1));
    return { ...ranked(sayings, favourite, role.noise ?? 0), rule: place < role.rules.length ? place : -1 };
  }
  return undefined;
}

function viewOf(role: string, request: RemoteRequest): RequestView {
  const { messages } = request;
  const textOf = (of: (role: string) => boolean): string[] =>
    messages.filter(({ role }) => of(role)).map(({ content }) => content ?? "");
  return {
    request,
    role,
    system: textOf((role) => role === "system" || role === "developer").join("\n"),
    last: textOf((role) => role !== "assistant").at(-1) ?? "",
    text: messages.map(({ role, content, tool_calls }) => `${role}: ${content ?? JSON.stringify(tool_calls)}`).join(
      "\n",
    ),
    match: null,
  };
}

function holds({ when }: ScriptedRule, view: RequestView): RequestView | undefined {
  if (when === undefined) return view;
  if (typeof when === "string") return view.last.toLowerCase().includes(when.toLowerCase()) ? view : undefined;
  if (typeof when === "function") return when(view) ? view : undefined;
  const match = view.last.match(when);
  return match ? { ...view, match } : undefined;
}

function make(saying: MadeSaying, view: RequestView): Saying {
  return typeof saying === "function" ? saying(view) : saying;
}

function dial(competence: NonNullable<ScriptedRule["competence"]>, view: RequestView): number {
  return typeof competence === "function" ? competence(view) : competence;
}

/** Whether a saying fits what the request's tools, `tool_choice` and `response_format` demand. */
function isAllowed(
  saying: Saying,
  { tools = [], tool_choice: choice, response_format: format }: RemoteRequest,
): boolean {
  if (typeof saying === "string") {
    if (choice === "required" || typeof choice === "object") return false;
    return format === undefined || format.type === "text" || isJson(saying);
  }
  if (choice === "none") return false;
  const offered = tools.map((tool) => tool.function.name);
  const allowed = typeof choice === "object" ? [choice.function.name] : offered;
  return saying.calls.every(({ name }) => offered.includes(name) && allowed.includes(name));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function distinct(sayings: readonly Saying[]): Saying[] {
  return [...new Map(sayings.map((saying) => [JSON.stringify(saying), saying])).values()];
}

function ranked(
  sayings: readonly Saying[],
  favourite: number,
  noise: number,
): Pick<Beliefs, "sayings" | "probabilities"> {
  const others = sayings.filter((_, place) => place !== favourite);
  const share = others.length === 0 ? 0 : noise / others.length;
  const best = { saying: sayings[favourite], probability: 1 - share * others.length };
  const all = [best, ...others.map((saying) => ({ saying, probability: share }))]
    .filter(({ probability }) => probability > 0)
    .sort((left, right) => right.probability - left.probability);
  return { sayings: all.map(({ saying }) => saying), probabilities: all.map(({ probability }) => probability) };
}
