import { EddyError } from "../../errors.ts";
import type { ActingModel } from "../transformer/mod.ts";
import type { Finish, SpokenToken } from "./language_model.ts";
import { type ReadSlots, sharedLength } from "./_read_slots.ts";
import { shareRows } from "./_share_rows.ts";
import { readOn, type Utterance } from "./_utterance.ts";

/** Answers that are written at once, unless others wait for their readers. */
const SEATS = 16;
/** Tokens that an answer may be ahead of its reader, and those that were certain. */
const AHEAD = 8;
/** Tokens of prompts that are read in a round while somebody is writing, and while nobody is. */
const ROWS_BESIDE = 64, ROWS_ALONE = 256;
/** A prompt waits for another that reads its beginning, where that is at least as long as this. */
const WORTH_WAITING = 32;

/** An answer that takes part in rounds. */
export interface Voice {
  /** The next token, or the end. @throws What its writing failed with, or why it was given up. */
  next(): Promise<IteratorResult<SpokenToken, Finish>>;
  /** Takes part no more. */
  leave(): void;
}

/** Who wants to take part. */
export interface Candidate {
  readonly prompt: Uint32Array;
  readonly adapter?: number;
  /** Begins to write. */
  begin(): Utterance;
  /** Ends the waiting and the writing. */
  readonly signal?: AbortSignal;
}

/** Writing in rounds: what all answers read next goes through the weights together. */
export interface Rounds extends Disposable {
  /** Takes part from the next round on in which there is a seat; first come, first served. */
  join(candidate: Candidate): Voice;
}

/** One voice as its rounds know it. */
interface Taking {
  readonly candidate: Candidate;
  /** Absent while it waits for a seat. */
  utterance?: Utterance;
  /** What was written ahead of the reader. */
  readonly ahead: SpokenToken[];
  finish?: Finish;
  failure?: { readonly cause: unknown };
  /** The reader that waits. */
  reader?: PromiseWithResolvers<IteratorResult<SpokenToken, Finish>>;
  readonly abort: () => void;
}

/**
 * Rounds of one model. A round reads one token of each answer that is being written, and some of each prompt, as one batch;
 * between two rounds everything else has its turn. An answer whose reader is slow rests, and gives its seat away. What
 * fails ends the answer that it is the fault of.
 *
 * An answer's tokens do not depend on who takes part: each row's arithmetic is its own.
 */
export function createRounds(model: ActingModel, slots: ReadSlots): Rounds {
  let waiting: Taking[] = [];
  let writing: Taking[] = [];
  let isScheduled = false;

  const isResting = ({ ahead }: Taking): boolean => ahead.length >= AHEAD;
  const unreadOf = ({ utterance }: Taking): number => utterance!.tokens.length - utterance!.slot.tokens.length;

  function schedule(): void {
    if (isScheduled || waiting.length === 0 && writing.every(isResting)) return;
    isScheduled = true;
    void otherTurns().then(() => {
      isScheduled = false;
      round();
      schedule();
    });
  }

  function round(): void {
    admit();
    const taking = writing.filter((one) => !isResting(one) && !endOf(one));
    if (taking.length === 0) return;
    const unread = taking.map(unreadOf);
    const readers = [...unread.keys()].filter((index) => unread[index] > 1);
    const rows = shareRows(
      readers.map((index) => unread[index]),
      readers.length < taking.length ? ROWS_BESIDE : ROWS_ALONE,
    );
    const counts = unread.map(() => 1);
    for (const [place, index] of readers.entries()) counts[index] = rows[place];
    advance(taking, counts);
    // Who has written its last token says so at once: its reader waits for the end.
    for (const one of writing.filter((each) => each.utterance && unreadOf(each) <= 1)) endOf(one);
  }

  /** Gives free seats to those who wait, save to who had better wait for what another is reading. */
  function admit(): void {
    let seats = SEATS - writing.filter((one) => !isResting(one)).length;
    waiting = waiting.filter((one) => {
      if (seats <= 0 || isBeingRead(one.candidate)) return true;
      try {
        one.utterance = one.candidate.begin();
        writing.push(one);
        seats -= 1;
      } catch (cause) {
        fail(one, cause);
      }
      return false;
    });
  }

  function isBeingRead({ prompt, adapter }: Candidate): boolean {
    return slots.canShare && writing.some((one) => {
      if (one.candidate.adapter !== adapter || unreadOf(one) <= 1) return false;
      const shared = sharedLength(one.utterance!.tokens, prompt);
      return shared >= WORTH_WAITING && one.utterance!.slot.tokens.length < shared;
    });
  }

  /** Ends an answer that is written. @returns Whether it is. */
  function endOf(one: Taking): boolean {
    try {
      one.finish ??= one.utterance!.finish();
    } catch (cause) {
      fail(one, cause);
    }
    if (one.finish) leave(one);
    return one.finish !== undefined || one.failure !== undefined;
  }

  /** Reads for all, and draws for those who have read everything; where the batch fails, each is tried by itself. */
  function advance(taking: readonly Taking[], counts: readonly number[]): void {
    let rows: readonly (readonly Float32Array[])[];
    try {
      rows = readOn(model, taking.map(({ utterance }, index) => ({ utterance: utterance!, count: counts[index] })));
    } catch (cause) {
      if (taking.length === 1) fail(taking[0], cause);
      else for (const one of taking) if (unreadOf(one) > 0) advance([one], [Math.min(unreadOf(one), ROWS_BESIDE)]);
      return;
    }
    for (const [index, one] of taking.entries()) {
      try {
        for (const logits of rows[index]) one.ahead.push(one.utterance!.draw(logits));
      } catch (cause) {
        fail(one, cause);
      }
      if (rows[index].length > 0) tell(one);
    }
  }

  function fail(one: Taking, cause: unknown): void {
    one.failure ??= { cause };
    leave(one);
  }

  /** Frees what a voice holds; what it has written can still be read. */
  function leave(one: Taking): void {
    waiting = waiting.filter((each) => each !== one);
    writing = writing.filter((each) => each !== one);
    one.candidate.signal?.removeEventListener("abort", one.abort);
    one.utterance?.[Symbol.dispose]();
    one.utterance = undefined;
    tell(one);
  }

  return {
    join(candidate): Voice {
      const one: Taking = { candidate, ahead: [], abort: () => fail(one, candidate.signal!.reason) };
      if (candidate.signal?.aborted) one.abort();
      else {
        candidate.signal?.addEventListener("abort", one.abort);
        waiting.push(one);
      }
      schedule();
      return {
        next(): Promise<IteratorResult<SpokenToken, Finish>> {
          one.reader = Promise.withResolvers();
          const { promise } = one.reader;
          tell(one);
          schedule();
          return promise;
        },
        leave: () => leave(one),
      };
    },
    [Symbol.dispose](): void {
      const closed = new EddyError("interrupted", "Cannot go on: the model was closed");
      for (const one of [...waiting, ...writing]) fail(one, closed);
    },
  };
}

/** Gives a waiting reader what there is for it. What was written before a failure is told first. */
function tell(one: Taking): void {
  const { reader, ahead, failure, finish } = one;
  if (!reader) return;
  if (ahead.length > 0) reader.resolve({ done: false, value: ahead.shift()! });
  else if (failure) reader.reject(failure.cause);
  else if (finish) reader.resolve({ done: true, value: finish });
  else return;
  one.reader = undefined;
}

/** Lets all that waits on this thread have its turn; a timer would wait for milliseconds. */
function otherTurns(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      port1.close();
      port2.close();
      resolve();
    };
    port1.postMessage(undefined);
  });
}
