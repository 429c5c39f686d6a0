/** Numbers and times as people read them; a missing number is a dash. */
export const format = {
  /** 12345 → `12,345`. */
  whole: (value) => known(value, () => Math.round(value).toLocaleString("en-US")),
  /** 0.7349 → `0.73`. */
  reward: (value) => known(value, () => value.toFixed(2)),
  /** 0.07 → `+0.07`, with a true minus. */
  signed: (value) => known(value, () => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`),
  /** 0.1 → `10 %`. */
  percent: (share) => known(share, () => `${Number((100 * share).toFixed(share < 0.1 ? 1 : 0))} %`),
  /** A rate: `0.4`, `12`, `1,240`. */
  rate: (value) => known(value, () => value < 10 ? value.toFixed(1) : format.whole(value)),
  /** A time span: `0.8 ms`, `12 ms`, `1.4 s`, `3.2 min`. */
  span(ms) {
    if (!Number.isFinite(ms)) return "–";
    if (ms < 10) return `${ms.toFixed(1)} ms`;
    if (ms < 1000) return `${Math.round(ms)} ms`;
    return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
  },
  /** Time of day, with the date when it is not today's: `14:03:22`. */
  time(at, now = at) {
    const date = new Date(at);
    const time = date.toLocaleTimeString("en-GB");
    return date.toDateString() === new Date(now).toDateString()
      ? time
      : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
  },
};

function known(value, text) {
  return Number.isFinite(value) ? text() : "–";
}
