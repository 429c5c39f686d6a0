import { publicationKey, tipOf } from "./curve.js";
import { format } from "./format.js";
import { html } from "./html.js";
import { scale, timeTicks } from "./scale.js";

const [TOP, BAND, HEIGHT] = [30, 92, 152];
/** Lines of history in a report at most. */
const TOLD = 50;

/** Words for what happened, and whether it is good, bad or neither. */
const ACTIONS = {
  publish: { word: "published", look: "good" },
  promote: { word: "promoted", look: "good" },
  canary: { word: "on trial", look: "warm" },
  refuse: { word: "refused", look: "bad" },
  rollback: { word: "rolled back", look: "bad" },
  freeze: { word: "frozen", look: "bad" },
  resume: { word: "resumed", look: "good" },
};

/**
 * Which version answered which share of the episodes, over time: a band that is as high as everything, with the share of
 * a version on trial cut from its top.
 */
export function timeline({ history, status }, startedAt, now, width) {
  const lines = history.toReversed();
  // The service tells the newest lines; where they are all there are, version 0 answered before the first.
  const from = history.length < TOLD ? Math.min(startedAt, lines[0]?.at ?? startedAt) : lines[0].at;
  const box = { left: 52, right: width - 12 };
  const x = scale([from, Math.max(now, from + 1000)], [box.left, box.right]);
  const moments = [{ at: from, assignment: { incumbent: 0 } }, ...lines];
  return html`
    <div class="legend">
      <span><i class="band"></i>published</span><span><i class="band warm"></i>on trial (canary)</span>
      <b class="count">${serving(status)}</b>
    </div>
    <svg width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${`Versions served over time. Now: ${
      serving(status)
    }`}">
      ${spansOf(moments, now, ({ incumbent }) => ({ version: incumbent })).map((span, i) => incumbentBand(span, i, x))}
      ${spansOf(moments, now, ({ canary }) => canary).map((span) => canaryBand(span, x))}
      <text class="tick" x="${box.left - 8}" y="${TOP + 9}" text-anchor="end">100 %</text>
      <text class="tick" x="${box.left - 8}" y="${TOP + BAND}" text-anchor="end">0</text>
      ${timeTicks(from, now, width < 500 ? 3 : 7).map((at) =>
        html`
          <text class="tick" x="${x(at)}" y="${TOP + BAND + 20}" text-anchor="middle">${format.time(at, now)}</text>
        `
      )}
      ${lines.filter(({ action }) => ACTIONS[action]?.look === "bad").map((line) =>
        html`
          <g class="stop">
            <path class="under" d="M${x(line.at)} ${TOP}V${TOP + BAND}" />
            <path d="M${x(line.at)} ${TOP - 8}V${TOP + BAND}" />
            <circle cx="${x(line.at)}" cy="${TOP - 12}" r="5" />
            <rect class="touch" x="${x(line.at) - 9}" y="0" width="18" height="${TOP + BAND}" data-tip="${tipOf(
              line,
            )}" />
          </g>
        `
      )}
    </svg>
  `;
}

/** The history as a list, newest first: what the picture shows on hover, for everyone. */
export function publications({ history }, now, open) {
  if (history.length === 0) {
    return html`<p class="nothing">Nothing was published yet: version 0, untrained, answers.</p>`;
  }
  const shown = open ? history : history.slice(0, 6);
  return html`
    <ol class="publications" aria-label="Publications, newest first">
      ${shown.map((line) =>
        html`
          <li data-key="${publicationKey(line)}">
            <time>${format.time(line.at, now)}</time>
            <span class="pill ${ACTIONS[line.action]?.look}">v${line.version} ${ACTIONS[line.action]?.word ??
              line.action}</span>
            <span class="reason">${line.reason} <small>by ${line.by}</small></span>
          </li>
        `
      )}
    </ol>
    ${history.length > 6 &&
      html`<button type="button" class="quiet" data-toggle="publications" aria-expanded="${String(open)}">${
        open ? "Show fewer" : `Show all ${history.length}`
      }</button>`}
  `;
}

/** What answers now, in words. */
export function serving(status) {
  if (!status) return "–";
  const { incumbent, canary } = status.assignment;
  if (!canary) return `v${incumbent} answers everything`;
  return `v${incumbent} answers ${format.percent(1 - canary.share)}, v${canary.version} on trial with ${
    format.percent(canary.share)
  }`;
}

/** [{ from, to, version, share? }] of one place in the assignment, each as long as it did not change. */
function spansOf(moments, end, place) {
  const spans = [];
  for (const [i, { at, assignment }] of moments.entries()) {
    const [now, last, to] = [place(assignment), spans.at(-1), moments[i + 1]?.at ?? end];
    if (last?.to === at && last.version === now?.version && last.share === now.share) last.to = to;
    else if (now && to > at) spans.push({ from: at, to, ...now });
  }
  return spans;
}

function incumbentBand({ from, to, version }, i, x) {
  const [left, width] = [x(from), Math.max(1, x(to) - x(from) - 1)];
  return html`
    <rect class="band ${i % 2 ? "odd" : ""}" x="${left}" y="${TOP}" width="${width}" height="${BAND}"
      data-tip="${`v${version} published\n${format.time(from)} – ${format.time(to)}`}" />
    ${width > 9 * `v${version}`.length + 6 &&
      html`<text class="version" x="${left + 9}" y="${TOP + BAND - 12}">v${version}</text>`}
  `;
}

/** At least so high that a share of a hundredth can be seen and tapped. */
function canaryBand({ from, to, version, share }, x) {
  return html`
    <rect class="band warm" x="${x(from)}" y="${TOP}" width="${Math.max(1, x(to) - x(from) - 1)}" height="${Math.max(
      9,
      BAND * share,
    )}"
      data-tip="${`v${version} on trial with ${format.percent(share)} of the episodes\n${format.time(from)} – ${
        format.time(to)
      }`}" />
  `;
}
