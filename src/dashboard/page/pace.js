import { format } from "./format.js";
import { html } from "./html.js";
import { scale, through } from "./scale.js";

/** How much is decided and judged, how long an answer takes, and how long until a judgement shows in what is served. */
export function pace({ status }, moments, width) {
  const now = moments.at(-1);
  const half = Math.max(110, (width - 20) / 2);
  return html`
    <div class="rates">
      ${rate("Decisions", "a second", moments.map((moment) => moment.decisionsPerSecond), half)}
      ${rate("Judgements", "a second", moments.map((moment) => moment.judgementsPerSecond), half)}
    </div>
    <table class="spans">
      <caption class="unseen">How long things take</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">half within</th>
          <th scope="col">99 % within</th>
        </tr>
      </thead>
      <tbody>
        ${spanRow("to decide", "request read to answer sent, over the last minute", now?.latencyMs.decisions)}
        ${spanRow("to take a judgement", "until it is on disk", now?.latencyMs.feedback)}
        ${status && spanRow("judgement to learned", "reward settled to update made", status.updateLatencyMs)}
        ${status && spanRow("judgement to served", "reward settled to a version that knows it", status.serveLatencyMs)}
      </tbody>
    </table>
  `;
}

function rate(name, unit, values, width) {
  const [high, bottom] = [Math.max(1, ...values), 46];
  const x = scale([0, Math.max(1, values.length - 1)], [1, width - 5]);
  const y = scale([0, high], [bottom - 2, 5]);
  const line = values.map((value, i) => [x(i), y(value)]);
  return html`
    <figure>
      <figcaption>${name} <b>${format.rate(values.at(-1))}</b> <small>${unit}</small></figcaption>
      <svg width="${width}" height="${bottom}" viewBox="0 0 ${width} ${bottom}" role="img"
        aria-label="${name} ${unit} since this page was opened: now ${format.rate(values.at(-1))}, at most ${format
          .rate(Math.max(...values))}">
        <path class="grid" d="M0 ${bottom - 1}H${width}"/>
        ${line.length > 1 && html`
          <path class="area" d="${through(line)}V${bottom - 1}H${line[0][0]}Z" />
          <path class="curve" d="${through(line)}" />
        `}
        ${line.length > 0 && html`
          <circle class="dot" cx="${line.at(-1)[0]}" cy="${line.at(-1)[1]}" r="3" />
        `}
      </svg>
    </figure>
  `;
}

function spanRow(name, means, percentiles) {
  const known = percentiles && percentiles.p99 > 0;
  return html`
    <tr>
      <th scope="row">${name}<small>${means}</small></th>
      <td>${known ? format.span(percentiles.p50) : "–"}</td>
      <td>${known ? format.span(percentiles.p99) : "–"}</td>
    </tr>
  `;
}
