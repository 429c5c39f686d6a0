import { format } from "./format.js";
import { html } from "./html.js";

/** Early warnings, newest first; the same warning again is one line with a count. */
export function warnings({ warnings }, now) {
  const kinds = new Map();
  for (const warning of warnings) {
    const key = `${warning.warning} ${warning.level}`;
    const known = kinds.get(key);
    if (known) known.times += 1;
    else kinds.set(key, { warning, times: 1 });
  }
  return [...kinds.values()].slice(0, 5).map(({ warning: { at, warning, level, value, threshold, reason }, times }) =>
    html`
      <article class="warning ${level === "stop" ? "bad" : "warm"}">
        <p><b>${level === "stop" ? "Stopped" : "Early warning"}: ${warning}</b> <time>${format.time(
          at,
          now,
        )}</time>${times > 1 && html`
          <span class="times">${times} times</span>
        `}</p>
        <p>${reason}</p>
        <p class="numbers">${figure(value)} where ${figure(threshold)} is the limit</p>
      </article>
    `
  );
}

function figure(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "–";
}
