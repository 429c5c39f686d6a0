import { format } from "./format.js";
import { html } from "./html.js";

/** The line of an episode in the list: when, what was done, how it was judged. */
export function episodeLine({ startedAt, end, steps, rewards, feedback }, now) {
  const mean = rewards.length ? rewards.reduce((sum, { reward }) => sum + reward, 0) / rewards.length : undefined;
  const last = steps.at(-1);
  return html`
    <time>${format.time(startedAt, now)}</time>
    <span class="did">${steps.map(({ action }) => shortAction(action)).join("  →  ")}</span>
    <span class="meta">${arm(last)}<span>${steps.length} ${steps.length === 1 ? "step" : "steps"}</span><span>${end
      ? end.terminated ? "ended" : "cut off"
      : "open"}</span></span>
    ${mean === undefined
      ? html`<span class="pill">${feedback.length ? "judged, not settled" : "not judged"}</span>`
      : html`<span class="pill ${mean >= 0.5 ? "good" : "bad"}">reward ${format.reward(mean)}</span>`}
  `;
}

/** The steps of an episode: what was shown, what was done and how likely that was, how it was judged. */
export function episodeSteps({ steps, feedback, rewards }, metrics) {
  return html`
    <ol class="steps">
      ${steps.map((step, i) =>
        html`
          <li>
            ${shown(step, steps[i - 1])}
            <div class="action">${action(step.action)}</div>
            ${step.shadowAction !== undefined &&
              html`<p class="aside">The policy would have done: <code>${step.shadowAction}</code></p>`}
            <p class="numbers">${arm(step)}<span>probability <b>${format.percent(
              step.propensity,
            )}</b></span>${step.value !== undefined &&
              html`<span>expected <b>${format.reward(step.value)}</b></span>`}<span>${format.time(
                step.createdAt,
              )}</span></p>
            ${others(step)}
            ${feedback.filter((one) => isOf(one, step, i, steps)).map((one) => judgement(one, metrics))}
            ${rewards.filter(({ stepId }) => stepId === step.id).map((reward) => credit(reward, step))}
          </li>
        `
      )}
    </ol>
  `;
}

/** Judgements of the whole episode stand at its last step, as their rewards do. */
function isOf({ stepId }, step, i, steps) {
  return stepId === undefined ? i === steps.length - 1 : stepId === step.id;
}

/** What is new in this step: the conversation as the last one had it is not told twice. */
function shown({ turns }, before) {
  const told = before ? turns.findIndex((turn, i) => before.turns[i]?.text !== turn.text) : 0;
  const fresh = before ? (told < 0 ? [] : turns.slice(told)) : turns;
  const [early, late] = [fresh.slice(0, -4), fresh.slice(-4)];
  return html`
    ${early.length > 0 &&
      html`<details class="earlier"><summary>${early.length} earlier turns</summary>${early.map(turn)}</details>`}
    ${late.map(turn)}
  `;
}

function turn({ role, text }) {
  return html`<p class="turn"><span class="role">${role}</span> ${text}</p>`;
}

function arm(step) {
  if (!step) return "";
  return html`<span class="arm ${step.arm}">v${step.policyVersion}${
    step.arm === "incumbent" ? "" : ` ${step.arm}`
  }</span>`;
}

/** What else could have been done, most likely first, where the step kept that. */
function others({ candidates, probabilities, choice }) {
  if (!candidates || !probabilities || candidates.length < 2) return "";
  const sorted = candidates.map((name, i) => ({ name, probability: probabilities[i], taken: i === choice }))
    .sort((a, b) => b.probability - a.probability);
  const most = sorted.slice(0, 6);
  return html`
    <ul class="others" aria-label="Probabilities of the candidates">${most.map(({ name, probability, taken }) =>
      html`
        <li
          class="${taken ? "taken" : ""}"><span>${shortAction(
            name,
          )}</span><svg width="72" height="6" aria-hidden="true"><rect width="72" height="6" rx="3"/><rect class="of" width="${Math
            .max(2, Math.round(72 * probability))}" height="6" rx="3"/></svg><b>${format.percent(probability)}</b></li>
      `
    )}${sorted.length > most.length && html`<li class="more">and ${sorted.length - most.length} more</li>`}</ul>
  `;
}

function judgement({ metric, value, author, receivedAt }, metrics) {
  const good = metrics?.[metric]?.direction === "minimize" ? false : true;
  const look = typeof value === "boolean" ? (value === good ? "good" : "bad") : "";
  const text = typeof value === "boolean" ? (value ? "yes" : "no") : value;
  return html`
    <p
      class="judged ${look}"><b>${metric}</b> <span class="value">${text}</span> <small>by ${author} · ${format.time(
        receivedAt,
      )}</small></p>
  `;
}

const SOURCES = {
  judged: "from the judgement",
  missing: "silence when the window closed",
  correction: "from the correction",
};

function credit({ metric, reward, source, correction }, { value }) {
  return html`
    <p
      class="credit"><span>reward <b>${format.reward(
        reward,
      )}</b></span><svg width="72" height="6" aria-hidden="true"><rect width="72" height="6" rx="3"/><rect class="of ${reward <
          0.5
        ? "bad"
        : ""}" width="${Math.round(72 * reward)}" height="6" rx="3"/></svg>${value !== undefined &&
        html`<span>credit <b>${
          format.signed(reward - value)
        }</b> against what was expected</span>`}<small>${metric}, ${SOURCES[source] ??
        source}</small>${correction !== undefined &&
        html`<span>should have been: <code>${correction}</code></span>`}</p>
  `;
}

/** An action as people read it: a tool call as `name(argument: value)`, anything else as it was written. */
function action(text) {
  const call = readCall(text);
  if (!call) return text.trim() || "(nothing)";
  const inner = Object.entries(call.arguments).map(([key, value], i) =>
    html`${i > 0 && ", "}<span class="key">${key}:</span> ${JSON.stringify(value)}`
  );
  return html`<b>${call.name}</b>(${inner})`;
}

function shortAction(text) {
  const name = readCall(text)?.name ?? (text.trim() || "(nothing)");
  return name.length > 48 ? `${name.slice(0, 47)}…` : name;
}

function readCall(text) {
  const [begin, end] = [text.indexOf("{"), text.lastIndexOf("}")];
  if (begin < 0 || end < begin) return undefined;
  try {
    const call = JSON.parse(text.slice(begin, end + 1));
    return typeof call.name === "string" && call.arguments && typeof call.arguments === "object" ? call : undefined;
  } catch {
    return undefined; // not a call: shown as it is
  }
}
