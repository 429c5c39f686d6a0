/**
 * Stand-in for `@std/testing/bdd` where JSR is out of reach: a strict subset of it. A `describe` is one test, each `it`
 * inside it a step. Machines that reach JSR run the same tests on the real package with `deno task test:jsr`.
 */

type Body = (this: unknown, t: Deno.TestContext) => void | Promise<void>;
type Hook = () => void | Promise<void>;
interface Options {
  readonly ignore?: boolean;
  readonly only?: boolean;
}
interface Suite {
  readonly name: string;
  readonly options: Options;
  readonly children: (Suite | Case)[];
  readonly hooks: Record<"beforeAll" | "afterAll" | "beforeEach" | "afterEach", Hook[]>;
}
interface Case {
  readonly name: string;
  readonly options: Options;
  readonly body: Body;
}

let current: Suite | undefined;

function runSuite(suite: Suite, outer: readonly Suite[]): (t: Deno.TestContext) => Promise<void> {
  return async (t) => {
    const chain = [...outer, suite];
    for (const hook of suite.hooks.beforeAll) await hook();
    try {
      for (const child of suite.children) {
        const fn = "children" in child ? runSuite(child, chain) : async (step: Deno.TestContext) => {
          for (const { hooks } of chain) for (const hook of hooks.beforeEach) await hook();
          try {
            await child.body.call({}, step);
          } finally {
            for (const { hooks } of chain.toReversed()) for (const hook of hooks.afterEach) await hook();
          }
        };
        await t.step({ name: child.name, ignore: child.options.ignore, fn });
      }
    } finally {
      for (const hook of suite.hooks.afterAll) await hook();
    }
  };
}

/** Groups tests under a name. */
export function describe(name: string, body: () => void): void {
  register(name, {}, body);
}
describe.skip = (name: string, body: () => void): void => register(name, { ignore: true }, body);
describe.ignore = describe.skip;
describe.only = (name: string, body: () => void): void => register(name, { only: true }, body);

function register(name: string, options: Options, body: () => void): void {
  const parent = current;
  const suite: Suite = {
    name,
    options,
    children: [],
    hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] },
  };
  current = suite;
  try {
    body();
  } finally {
    current = parent;
  }
  if (parent) parent.children.push(suite);
  else Deno.test({ name, ...options, fn: runSuite(suite, []) });
}

/** One test. */
export function it(name: string, body: Body): void {
  add(name, {}, body);
}
it.skip = (name: string, body: Body): void => add(name, { ignore: true }, body);
it.ignore = it.skip;
it.only = (name: string, body: Body): void => add(name, { only: true }, body);

function add(name: string, options: Options, body: Body): void {
  if (current) current.children.push({ name, options, body });
  else Deno.test({ name, ...options, fn: (t) => body.call({}, t) });
}

function hook(kind: keyof Suite["hooks"]): (fn: Hook) => void {
  return (fn) => {
    if (!current) throw new Error(`Cannot register '${kind}': it must stand inside describe()`);
    current.hooks[kind].push(fn);
  };
}
/** Runs once before the tests of this group. */
export const beforeAll: (fn: Hook) => void = hook("beforeAll");
/** Runs once after the tests of this group. */
export const afterAll: (fn: Hook) => void = hook("afterAll");
/** Runs before each test of this group. */
export const beforeEach: (fn: Hook) => void = hook("beforeEach");
/** Runs after each test of this group. */
export const afterEach: (fn: Hook) => void = hook("afterEach");
