import { EddyError } from "../../errors.ts";
import { type AgentLoop, createAgentLoop } from "./agent_loop.ts";
import type { CentralLoop, CentralLoopDependencies, Published } from "./central_loop.ts";
import type { LoopEvent } from "./loop_events.ts";
import { within } from "./within.ts";

/** Windows are closed and failures tried again this often, milliseconds. */
const TICK_MS = 1000;
/** Longest wait for windows to be closed, milliseconds. */
const SETTLE_MS = 30_000;

/**
 * Makes the central loop of a service: one loop for each agent, woken by the store whenever rewards were written. They
 * share nothing, so that one that fails stops no other. It disposes the learners; the store and what serves are the caller's.
 */
export function createCentralLoop({ store, agents, now, every }: CentralLoopDependencies): CentralLoop {
  const heard = new Set<(event: LoopEvent) => void>(), followed = new Set<(published: Published) => void>();
  const loops = new Map<string, AgentLoop>(
    Object.entries(agents).map(([agent, parts]) => [
      agent,
      createAgentLoop({
        ...parts,
        ...{ agent, store, now, every },
        tell: (event) => heard.forEach((listener) => listener(event)),
        publish: (published) => followed.forEach((listener) => listener(published)),
      }),
    ]),
  );
  const ends: (() => void)[] = [];
  let settling: Promise<unknown> | undefined;

  const loopOf = (agent: string): AgentLoop => {
    const loop = loops.get(agent);
    if (!loop) throw new EddyError("request_invalid", `Cannot find the agent '${agent}': there is none of that name`);
    return loop;
  };

  function tick(): void {
    // A store that cannot be reached now is asked again at the next tick; the loops say by themselves what fails them.
    settling ??= within(every, SETTLE_MS, "close windows", store.feedback.settle(now())).catch(() => 0).finally(() =>
      settling = undefined
    );
    loops.forEach((loop) => loop.wake());
  }

  return {
    start: async () => {
      ends.push(store.rewards.onWritten((names) => names.forEach((name) => loops.get(name)?.wake())));
      ends.push(every(TICK_MS, tick));
      await Promise.all([...loops.values()].map((loop) => loop.start()));
    },
    drain: async () => {
      await Promise.all([...loops.values()].map((loop) => loop.drain()));
    },
    status: (agent) => loopOf(agent).status(),
    warnings: (agent) => loopOf(agent).warnings(),
    publish: async (agent, version, by) => await loopOf(agent).publish(version, by),
    canary: async (agent, version, share, by) => await loopOf(agent).canary(version, share, by),
    rollback: async (agent, version, by) => await loopOf(agent).rollback(version, by),
    resume: async (agent, options) => await loopOf(agent).resume(options),
    snapshotOf: async (agent, version) => await loopOf(agent).snapshotOf(version),
    onEvent: (listener) => listen(heard, listener),
    onPublished: (listener) => listen(followed, listener),
    [Symbol.asyncDispose]: async () => {
      ends.forEach((end) => end());
      await settling;
      await Promise.all([...loops.values()].map((loop) => loop[Symbol.asyncDispose]()));
    },
  };
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
