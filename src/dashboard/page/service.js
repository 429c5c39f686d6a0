import { eventReader } from "./event_reader.js";

const KEY = "eddy-key";
/** Milliseconds: first and longest wait before asking again, longest silence of a stream, time between two reports. */
const [FIRST_WAIT, LONGEST_WAIT, LONGEST_SILENCE, BETWEEN_REPORTS] = [500, 15_000, 45_000, 3000];

/** The key that this tab was given; it is kept nowhere else. */
export const keyOfTab = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (key) => key ? sessionStorage.setItem(KEY, key) : sessionStorage.removeItem(KEY),
};

/** Asks the service for JSON, with the key of this tab. An answer that is not 2xx is an error with its `status`. */
export async function ask(path, options = {}) {
  const response = await get(path, { signal: AbortSignal.timeout(10_000), ...options });
  return await response.json();
}

async function get(path, options) {
  const key = keyOfTab.get();
  const response = await fetch(path, { ...options, headers: key ? { authorization: `Bearer ${key}` } : {} });
  if (!response.ok) throw Object.assign(new Error(`${path} answered ${response.status}`), { status: response.status });
  return response;
}

/**
 * Follows the service for as long as the page is open: its report, then its events; after a break the report again, since
 * nobody knows what was missed. `onReport` and `onEvent` hear what it says; `onConnection` hears `{ kind: "live" }`,
 * `{ kind: "locked", status }` or `{ kind: "gone", seconds }`, once for each second of the wait.
 *
 * @returns What ends a wait at once: for a new key, or an impatient reader.
 */
export function followService({ onReport, onEvent, onConnection }) {
  let hurry = () => {};
  run();
  return () => hurry();

  async function run() {
    for (let failures = 0;;) {
      try {
        onReport(await ask("/v1/status"));
        onConnection({ kind: "live" });
        failures = 0;
        await followEvents();
      } catch (error) {
        if (error.status === 401 || error.status === 403) {
          onConnection({ kind: "locked", status: error.status });
          await new Promise((resolve) => hurry = resolve);
          failures = 0;
          continue;
        }
      }
      failures += 1;
      await countDown(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1)));
    }
  }

  /** Resolves when the stream ends, rejects when it breaks or says nothing for too long. */
  async function followEvents() {
    const broken = new AbortController();
    let silence = setTimeout(() => broken.abort(), LONGEST_SILENCE);
    let reported = true;
    const reports = setInterval(async () => {
      if (!reported && !document.hidden) await ask("/v1/status").then(onReport, () => broken.abort());
      reported = false;
    }, BETWEEN_REPORTS);
    try {
      const { body } = await get("/v1/events", { signal: broken.signal });
      const read = eventReader((name, data) => {
        if (name === "status" && data.agents) {
          reported = true;
          onReport(data);
        } else if (data.event) onEvent(data);
      });
      const pieces = body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
        clearTimeout(silence);
        silence = setTimeout(() => broken.abort(), LONGEST_SILENCE);
        read(piece.value);
      }
    } finally {
      clearTimeout(silence);
      clearInterval(reports);
    }
  }

  async function countDown(milliseconds) {
    let waiting = true;
    const hurried = new Promise((resolve) => hurry = resolve).then(() => waiting = false);
    for (let left = milliseconds; waiting && left > 0; left -= 1000) {
      onConnection({ kind: "gone", seconds: Math.ceil(left / 1000) });
      await Promise.race([hurried, new Promise((resolve) => setTimeout(resolve, Math.min(1000, left)))]);
    }
  }
}
