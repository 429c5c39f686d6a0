import type { Turn } from "../../episode/mod.ts";
import type { Context } from "../policy.ts";

/** What an episode has said so far, as the text that features are taken from. */
export class LinearContext implements Context {
  /** Number of actions taken: the counter of the random stream. */
  actions = 0;
  #parts: string[] = [];
  #acted = false;
  #open = true;

  constructor(private readonly memory: "latest" | "all") {}

  append(turns: readonly Turn[]): void {
    if (!this.#open) throw new TypeError("Cannot append: the context is disposed");
    if (this.memory === "latest" && this.#acted) this.#parts = [];
    if (turns.length > 0) this.#acted = false;
    for (const turn of turns) this.#parts.push(this.memory === "all" ? marked(turn.role, turn.text) : turn.text);
  }

  restart(turns: readonly Turn[]): void {
    if (!this.#open) throw new TypeError("Cannot restart: the context is disposed");
    this.actions = 0;
    this.#parts = [];
    this.#acted = false;
    for (const turn of turns) {
      if (turn.role === "assistant") this.act(turn.text);
      else this.append([turn]);
    }
  }

  /** Adds the agent's own action. */
  act(action: string): void {
    this.actions++;
    this.#acted = true;
    if (this.memory === "all") this.#parts.push(marked("assistant", action));
  }

  get text(): string {
    if (!this.#open) throw new TypeError("Cannot decide: the context is disposed");
    return this.#parts.join("\n");
  }

  [Symbol.dispose](): void {
    this.#open = false;
    this.#parts = [];
  }
}

/** `user` "lamp on" → "user0lamp user0on": the same word said by another is another feature. */
function marked(role: string, text: string): string {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "").map((word) => `${role}0${word}`).join(" ");
}
