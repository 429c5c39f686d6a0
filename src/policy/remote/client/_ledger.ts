import { EddyError } from "../../../errors.ts";
import type { RemoteUsage } from "../wire.ts";
import type { RemoteBudget, RemoteChatOptions, RemoteSpending } from "./remote_chat.ts";

/** What was spent against what may be. */
export interface Ledger {
  /** So far. */
  readonly spent: RemoteSpending;
  /** Counts one request that is about to be sent. @throws {EddyError} `budget_spent` If there is no budget for it. */
  open(): void;
  /** Counts an answer. @param usage Figures of the endpoint. @param bytes Read and written, where it gave none. */
  close(usage: RemoteUsage | undefined, bytes: { readonly read: number; readonly written: number }): void;
}

/** Bytes of UTF-8 that are taken for a token where nobody counted. */
const BYTES_PER_TOKEN = 4;

/** An empty ledger. */
export function createLedger(budget: RemoteBudget, prices: NonNullable<RemoteChatOptions["prices"]>): Ledger {
  let spent: RemoteSpending = { calls: 0, promptTokens: 0, completionTokens: 0, money: 0, estimated: 0 };
  return {
    get spent(): RemoteSpending {
      return spent;
    },
    open: () => {
      const { calls = Infinity, tokens = Infinity, money = Infinity } = budget;
      const used = spent.promptTokens + spent.completionTokens;
      if (spent.calls >= calls) throw over(`all ${calls} calls are made`);
      if (used >= tokens) throw over(`${used} of ${tokens} tokens are used`);
      if (spent.money >= money) throw over(`${spent.money} of ${money} is spent`);
      spent = { ...spent, calls: spent.calls + 1 };
    },
    close: (usage, { read, written }) => {
      const prompt = usage?.prompt_tokens ?? Math.ceil(read / BYTES_PER_TOKEN);
      const completion = usage?.completion_tokens ?? Math.ceil(written / BYTES_PER_TOKEN);
      spent = {
        calls: spent.calls,
        promptTokens: spent.promptTokens + prompt,
        completionTokens: spent.completionTokens + completion,
        money: spent.money + (prompt * prices.prompt + completion * prices.completion) / 1e6,
        estimated: spent.estimated + (usage ? 0 : 1),
      };
    },
  };
}

function over(state: string): EddyError {
  return new EddyError("budget_spent", `Cannot ask the model: ${state}; raise the budget to go on`);
}
