import { format } from "./format.js";
import { html } from "./html.js";
import { scale, through, ticks } from "./scale.js";

const HEIGHT = 300;

/**
 * Reward over judgements: each part's mean as a faint step, the moving mean as a line, publications as marks at the place
 * of the journal where they happened.
 *
 * @param agent A report of an agent. @param placeAt What maps a moment to a place of the journal, see `placesOf`.
 */
export function curve(agent, placeAt, width) {
  const parts = agent.curve.filter(({ steps }) => steps > 0);
  if (parts.length === 0) return html`<p class="nothing">No judgement yet. The curve begins with the first one.</p>`;
  const last = parts.at(-1).from + parts.at(-1).steps - 1;
  const { points, reach } = movingMean(parts, last);
  const box = { left: 40, right: width - 62, top: 34, bottom: HEIGHT - 34 };
  const x = scale([0, last], [box.left, box.right]);
  const y = scale(span(parts, points), [box.bottom, box.top]);
  const [low, high] = span(parts, points);
  const line = points.map(([place, mean]) => [x(place), y(mean)]);
  const [endX, endY] = line.at(-1);
  return html`
    <div class="legend">
      <span><i class="line"></i>moving mean of ${format.whole(reach)} judgements</span>
      <span><i class="part"></i>mean of ${format.whole(parts[0].steps)} judgements</span>
      <span><i class="mark"></i>version published</span>
      ${hasStops(agent, placeAt) && html`<span><i class="mark bad"></i>rolled back, refused or frozen</span>`}
      <b class="count">${format.whole(last)} judgements</b>
    </div>
    <svg width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${summary(
      parts,
      points,
      last,
    )}">
      ${ticks(low, high, 5).map((value) =>
        html`
          <path class="grid" d="M${box.left} ${y(value)}H${box.right}" />
          <text class="tick" x="${box.left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toFixed(2)}</text>
        `
      )}
      ${ticks(0, last, width < 500 ? 3 : 7).map((value) =>
        html`
          <text class="tick" x="${x(value)}" y="${box.bottom + 20}" text-anchor="middle">${format.whole(value)}</text>
        `
      )}
      ${marks(agent, placeAt, x, box, last)}
      ${parts.map(({ from, steps, mean }) =>
        html`
          <path class="part" d="M${x(from - 1)} ${y(mean)}H${x(from + steps - 1)}" />
        `
      )}
      <path class="area" d="${through(line)}V${box.bottom}H${line[0][0]}Z"/>
      <path class="curve" d="${through(line)}"/>
      <circle class="halo" cx="${endX}" cy="${endY}" r="5"/><circle class="dot" cx="${endX}" cy="${endY}" r="5"/>
      <text class="end" x="${endX + 12}" y="${endY + 6}">${format.reward(points.at(-1)[1])}</text>
      ${parts.map(({ from, steps, mean }, i) =>
        html`
          <rect class="touch" x="${x(from - 1)}" y="${box.top}" width="${Math.max(
            1,
            x(from + steps - 1) - x(from - 1),
          )}" height="${box.bottom - box.top}" data-tip="${`Judgements ${format.whole(from)}–${
            format.whole(from + steps - 1)
          }\nmean reward ${format.reward(mean)}\nmoving mean ${format.reward(points[i][1])}`}" />
        `
      )}
    </svg>
  `;
}

/** [(place, mean over the last `reach` judgements)] for each part; a part counts with the share that is within reach. */
function movingMean(parts, last) {
  const rough = Math.max(20, last / 12);
  const power = 10 ** Math.floor(Math.log10(rough));
  const reach = Math.min(last, [1, 2, 5, 10].map((factor) => factor * power).findLast((step) => step <= rough));
  const points = parts.map(({ from, steps }, i) => {
    let [left, sum] = [reach, 0];
    for (let j = i; j >= 0 && left > 0; j--) {
      const taken = Math.min(left, parts[j].steps);
      sum += taken * parts[j].mean;
      left -= taken;
    }
    return [from + steps - 1, sum / (reach - left)];
  });
  return { points, reach };
}

/** The rewards that are shown: a narrower part of [0, 1] where nothing lies outside it. */
function span(parts, points) {
  const means = [...parts.map(({ mean }) => mean), ...points.map(([, mean]) => mean)];
  const low = Math.floor((Math.min(...means) - 0.04) * 5) / 5;
  const high = Math.ceil((Math.max(...means) + 0.04) * 5) / 5;
  return [Math.max(0, low), Math.min(1, high)];
}

/** Publications as ticks above the curve, stops as lines through it; names where there is room for them. */
function marks(agent, placeAt, x, box, last) {
  let free = box.right + 60;
  return placed(agent, placeAt).filter(({ place }) => place <= last).map(({ line, place }) => {
    const [at, bad] = [x(place), STOPS.has(line.action)];
    const name = bad ? `v${line.version} ${STOPS.get(line.action)}` : `v${line.version}`;
    const middle = Math.min(at, box.right + 54 - 3.6 * name.length);
    const room = middle + 3.6 * name.length < free;
    if (room) free = middle - 3.6 * name.length - 10;
    return html`
      <g class="${bad ? "mark bad" : "mark"}">
        <path d="M${at} ${box.top - 6}V${bad ? box.bottom : box.top}"/>
        ${room && html`<text x="${middle}" y="${box.top - 12}" text-anchor="middle">${name}</text>`}
        <rect class="touch" x="${at - 6}" y="0" width="12" height="${box.top}" data-tip="${tipOf(line)}"/>
      </g>
    `;
  });
}

const STOPS = new Map([["rollback", "rolled back"], ["freeze", "frozen"], ["refuse", "refused"]]);
const SHOWN = new Set(["publish", "promote", ...STOPS.keys()]);

function placed(agent, placeAt) {
  return agent.history.filter(({ action }) => SHOWN.has(action))
    .map((line) => ({ line, place: placeAt(line.at) }))
    .filter(({ place }) => place !== undefined);
}

function hasStops(agent, placeAt) {
  return placed(agent, placeAt).some(({ line }) => STOPS.has(line.action));
}

/** What a line of the history is known by. */
export function publicationKey({ at, action, version }) {
  return `${at} ${action} ${version}`;
}

/** A line of the history in three. */
export function tipOf({ at, action, version, reason, by }) {
  return `${format.time(at)}  ${action} v${version}\n${reason}\nby ${by}`;
}

function summary(parts, points, last) {
  return `Learning curve: mean reward ${format.reward(parts[0].mean)} at the beginning, ${
    format.reward(points.at(-1)[1])
  } now, after ${format.whole(last)} judgements`;
}
