import type { Turn } from "../../../episode/mod.ts";
import type { Context } from "../../policy.ts";
import type { RemoteMessage } from "../wire.ts";

/** What an episode has said so far. */
export class RemoteContext implements Context {
  #turns: Turn[] = [];
  #open = true;

  append(turns: readonly Turn[]): void {
    this.#check("append");
    this.#turns.push(...turns);
  }

  restart(turns: readonly Turn[]): void {
    this.#check("restart");
    this.#turns = [...turns];
  }

  /** Adds the agent's own action. */
  act(text: string): void {
    this.#turns.push({ role: "assistant", text });
  }

  /** Number of actions taken: the counter of the random stream. */
  get actions(): number {
    return this.#turns.filter(({ role }) => role === "assistant").length;
  }

  /** The conversation as endpoints take it. What tools said without a call that asked for it is told by the user. */
  messages(preface: readonly Turn[]): RemoteMessage[] {
    this.#check("decide");
    return [...preface, ...this.#turns].map(({ role, text }) =>
      role === "tool" ? { role: "user", content: `Result of the tool:\n${text}` } : { role, content: text }
    );
  }

  #check(what: string): void {
    if (!this.#open) throw new TypeError(`Cannot ${what}: the context is disposed`);
  }

  [Symbol.dispose](): void {
    this.#open = false;
    this.#turns = [];
  }
}
