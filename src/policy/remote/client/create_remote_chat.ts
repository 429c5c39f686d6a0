import { EddyError } from "../../../errors.ts";
import { drawOf } from "../scripted/_draw.ts";
import type { RemoteChunk, RemoteCompletion } from "../wire.ts";
import { Attempt } from "./_attempt.ts";
import { createLedger } from "./_ledger.ts";
import { readChunks } from "./_read_chunks.ts";
import { type FailedTry, refusedAnswer } from "./_refused_answer.ts";
import { createTurnstile } from "./_turnstile.ts";
import { wait as timer } from "./_wait.ts";
import type { AskOptions, RemoteChat, RemoteChatOptions, RemoteQuestion, RemoteSpending } from "./remote_chat.ts";

/** Longest wait between two tries that the client chooses by itself. */
const LONGEST_BACKOFF_MS = 20_000;

/**
 * A client of an OpenAI-compatible endpoint: tries again what may pass, waits as long as it is told to, keeps deadlines and
 * budgets, and tells no key.
 *
 * ```text
 * wait before try k + 1 = Retry-After, else min(20 s, backoff · 2^(k−1)) · (½ + ½·u)      u in [0, 1) by seed and call
 * ```
 *
 * @throws {EddyError} `configuration_invalid` If the endpoint is no address, or has credentials in it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRemoteChat, createScriptedChat } from "@eddy/eddy";
 * const scripted = createScriptedChat({ seed: 1, roles: { clerk: { rules: [{ say: "Hello." }] } } });
 * const chat = createRemoteChat({ endpoint: "http://127.0.0.1:1/v1", model: "clerk", fetch: scripted.fetch });
 * const { choices } = await chat.ask({ messages: [{ role: "user", content: "Hi" }] });
 * assert.equal(choices[0].message.content, "Hello.");
 * assert.equal(chat.spent.calls, 1);
 * ```
 */
export function createRemoteChat(options: RemoteChatOptions): RemoteChat {
  const { model, key, attempts = 4, attemptMs = 60_000, deadlineMs = 180_000, backoffMs = 500, seed = 0 } = options;
  const { fetch = globalThis.fetch, wait = timer, prices = { prompt: 0, completion: 0 } } = options;
  const address = addressOf(options.endpoint);
  const hide = (text: string): string => key ? text.replaceAll(key, "[key]") : text;
  const turnstile = createTurnstile(options.concurrent ?? 4);
  const ledger = createLedger(options.budget ?? {}, prices);

  /** Sends one try and gives what its body is read from. */
  async function send(body: string, signal: AbortSignal): Promise<Response | FailedTry> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (key) headers.authorization = `Bearer ${key}`;
    const response = await fetch(new Request(address, { method: "POST", body, headers, signal }));
    return response.ok ? response : await refusedAnswer(response, hide);
  }

  /** Asks with tries until `read` is content; `read` says what a good answer's body holds. */
  async function withTries<Result>(
    question: RemoteQuestion,
    stream: boolean,
    { signal, deadlineMs: within = deadlineMs }: AskOptions,
    read: (response: Response, sent: number, attempt: Attempt) => Promise<Result>,
  ): Promise<Result> {
    const { seed: call } = question;
    const usage = stream ? { stream: true, stream_options: { include_usage: true } } : {};
    const body = JSON.stringify({ ...options.extra, model, ...question, ...usage });
    const deadline = AbortSignal.timeout(within);
    const over = signal ? AbortSignal.any([signal, deadline]) : deadline;
    const giveUp = (): EddyError =>
      signal?.aborted
        ? new EddyError("interrupted", "Cannot ask the model: the caller gave up")
        : new EddyError("timed_out", `Cannot ask the model: no answer in ${within} ms`);
    const leave = await turnstile.enter(over).catch(() => {
      throw giveUp();
    });
    try {
      for (let attempt = 1;; attempt++) {
        ledger.open();
        const own = new Attempt(over, attemptMs);
        let failed: FailedTry;
        try {
          const answer = await send(body, own.signal);
          if (answer instanceof Response) return await read(answer, body.length, own);
          failed = answer;
        } catch (error) {
          failed = failedTry(error, hide);
        } finally {
          own.rest();
        }
        if (over.aborted) throw giveUp();
        if (!failed.again || attempt >= attempts) throw failed.error;
        const chance = 0.5 + 0.5 * drawOf(seed, "wait", call ?? 0, attempt, ledger.spent.calls);
        const pause = failed.waitMs ?? Math.min(LONGEST_BACKOFF_MS, backoffMs * 2 ** (attempt - 1)) * chance;
        if (pause > within) throw failed.error;
        await wait(pause, over);
        if (over.aborted) throw giveUp();
      }
    } finally {
      leave();
    }
  }

  return {
    model,
    get spent(): RemoteSpending {
      return ledger.spent;
    },
    ask: (question, asked = {}) =>
      withTries(question, false, asked, async (response, sent) => {
        const text = await response.text();
        const completion = completionOf(text);
        ledger.close(completion.usage, { read: sent, written: text.length });
        return completion;
      }),
    async *stream(question, asked = {}): AsyncGenerator<RemoteChunk, void, undefined> {
      // The first chunk is read under the tries; after it, nothing can be tried again.
      const { first, chunks, sent, attempt } = await withTries(
        question,
        true,
        asked,
        async (response, sent, attempt) => {
          if (!response.body) throw new EddyError("remote_unavailable", "Cannot ask the model: its answer is empty");
          const chunks = readChunks(response.body, hide);
          return { first: await chunks.next(), chunks, sent, attempt };
        },
      );
      let written = 0;
      let usage: RemoteCompletion["usage"];
      try {
        for (let next = first; !next.done; next = await attempt.watch(chunks.next())) {
          usage = next.value.usage ?? usage;
          written += JSON.stringify(next.value.choices.map(({ delta }) => delta)).length;
          yield next.value;
        }
      } catch (error) {
        if (asked.signal?.aborted) throw new EddyError("interrupted", "Cannot ask the model: the caller gave up");
        throw failedTry(error, hide).error;
      } finally {
        ledger.close(usage, { read: sent, written });
        attempt.rest();
        await chunks.return().catch(() => undefined);
      }
    },
  };
}

/** What a thrown error means: network failures, silence and broken bodies may be tried again; a cassette's gaps not. */
function failedTry(error: unknown, hide: (text: string) => string): FailedTry {
  if (error instanceof EddyError) {
    return { error, again: error.code === "remote_unavailable" || error.code === "timed_out" };
  }
  const { name = "", message = `${error}` } = error instanceof Error ? error : {};
  const code = name === "TimeoutError" ? "timed_out" : "remote_unavailable";
  return { error: new EddyError(code, `Cannot ask the model: ${hide(message)}`), again: true };
}

function completionOf(text: string): RemoteCompletion {
  let completion: RemoteCompletion;
  try {
    completion = JSON.parse(text);
  } catch {
    throw new EddyError("remote_unavailable", "Cannot ask the model: its answer is not JSON");
  }
  if (Array.isArray(completion?.choices) && completion.choices.length > 0 && completion.choices[0].message) {
    return completion;
  }
  throw new EddyError("remote_unavailable", "Cannot ask the model: its answer has no choices");
}

function addressOf(endpoint: string): string {
  const url = URL.parse(endpoint.replace(/\/*$/, "/chat/completions"));
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot reach '${url ? endpoint : "the endpoint"}': expected an address as in 'https://api.example.com/v1'`,
    );
  }
  if (url.username || url.password) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot use '${url.host}': its address holds credentials; use the key`,
    );
  }
  return url.href;
}
