import { allowedTokens, type Constraint, type Tokenizer } from "../../language/mod.ts";

/**
 * The tokens by which a constraint lets a text be written: the tokenizer's own where the constraint allows them, else
 * the first found by trying longer tokens before shorter ones.
 *
 * @param endToken May stand at the end of the path, where the constraint asks for it.
 * @returns The path without the end token.
 * @throws {RangeError} If the text cannot be written.
 */
export function spell(tokenizer: Tokenizer, constraint: Constraint, text: string, endToken: number): number[] {
  const own = [...tokenizer.encode(text)];
  if (leadsToEnd(constraint, own, endToken)) return own;
  const found = search(tokenizer, constraint, text, endToken);
  if (found === undefined) {
    throw new RangeError(`Cannot take the action '${text.slice(0, 80)}': the constraint does not allow it`);
  }
  return found;
}

function allows(constraint: Constraint, state: number, token: number): boolean {
  return (allowedTokens(constraint, state)[token >> 5] >>> (token & 31) & 1) === 1;
}

function mayEnd(constraint: Constraint, state: number, endToken: number): boolean {
  return constraint.allowedCounts[state] === 0 || allows(constraint, state, endToken);
}

function leadsToEnd(constraint: Constraint, tokens: readonly number[], endToken: number): boolean {
  let state = 0;
  for (const token of tokens) {
    if (token >= constraint.vocabularySize || !allows(constraint, state, token)) return false;
    state = constraint.next(state, token);
  }
  return mayEnd(constraint, state, endToken);
}

/** Depth first over (state, position); dead ends are remembered, so each is met once. */
function search(tokenizer: Tokenizer, constraint: Constraint, text: string, endToken: number): number[] | undefined {
  const spellings = tokenSpellings(tokenizer);
  const dead = new Set<string>();
  const path: number[] = [];
  const visit = (state: number, at: number): boolean => {
    if (at === text.length && mayEnd(constraint, state, endToken)) return true;
    const key = `${state}:${at}`;
    if (dead.has(key)) return false;
    for (const [token, spelling] of spellings.get(text[at]) ?? []) {
      if (token === endToken || !text.startsWith(spelling, at) || !allows(constraint, state, token)) continue;
      path.push(token);
      if (visit(constraint.next(state, token), at + spelling.length)) return true;
      path.pop();
    }
    dead.add(key);
    return false;
  };
  return visit(0, 0) ? path : undefined;
}

const cache = new WeakMap<Tokenizer, Map<string, [token: number, spelling: string][]>>();

/** First character to the tokens that begin with it, longest first; tokens that are parts of a character are left out. */
function tokenSpellings(tokenizer: Tokenizer): Map<string, [number, string][]> {
  const known = cache.get(tokenizer);
  if (known) return known;
  const spellings = new Map<string, [number, string][]>();
  for (let token = 0; token < tokenizer.vocabularySize; token++) {
    const spelling = tokenizer.token(token);
    if (spelling === "" || spelling.includes("\ufffd")) continue;
    const list = spellings.get(spelling[0]) ?? [];
    list.push([token, spelling]);
    spellings.set(spelling[0], list);
  }
  for (const list of spellings.values()) list.sort(([, a], [, b]) => b.length - a.length);
  cache.set(tokenizer, spellings);
  return spellings;
}
