import { format } from "./format.js";
import { html } from "./html.js";
import { serving } from "./timeline.js";

const STATES = {
  learning: { word: "Learning", look: "good" },
  waiting: { word: "Waiting for judgements", look: "warm" },
  frozen: { word: "Frozen", look: "bad" },
  failed: { word: "Failed", look: "bad" },
};

/** How the agent is, in one sentence and five numbers. */
export function hero(agent, report) {
  const { status } = agent;
  if (!status) return html`<h1>${agent.agent} is served here and learns elsewhere.</h1>`;
  const { word, look } = STATES[status.state] ?? { word: status.state, look: "warm" };
  return html`
    <p class="state ${look}"><i></i>${word} <span>${agent.agent} · ${agent.kind} · ${agent.mode}</span></p>
    <h1 class="${look}">${withNumbers(sentenceOf(status))}</h1>
    ${status.judgements > 0 && factsOf(status, report.throughput)}
  `;
}

function factsOf(status, { decisionsPerSecond }) {
  const rise = status.recentReward - status.meanReward;
  return html`
    <dl class="facts">
          ${fact("Reward now", format.reward(status.recentReward), [
            html`<b class="${rise < -0.005 ? "fell" : "rose"}">${format.signed(rise)}</b> vs. all-time`,
          ], `mean of the last ${format.whole(status.recentJudgements)} judgements`)}
          ${fact("Judgements", format.whole(status.judgements), waiting(status))}
          ${fact("Serving", `v${status.assignment.incumbent}`, servingMore(status))}
          ${fact(
            "Decisions",
            `${format.rate(decisionsPerSecond)}`,
            "a second, whole service",
            "over the last minute",
          )}
          ${fact(
            "Learned after",
            format.span(status.updateLatencyMs.p50),
            `served after ${format.span(status.serveLatencyMs.p50)}`,
          )}
        </dl>
  `;
}

function fact(name, value, more, tip) {
  return html`
    <div${tip && html`
      data-tip="${tip}"
    `}>
      <dt>${name}</dt>
      <dd>${value}<small>${more}</small></dd>
      </div>
  `;
}

function waiting({ judgements, learnedUpTo }) {
  return learnedUpTo >= judgements ? "all learned" : `${format.whole(judgements - learnedUpTo)} not yet learned`;
}

function servingMore(status) {
  const { canary } = status.assignment;
  if (canary) return `v${canary.version} on trial: ${format.percent(canary.share)}`;
  return status.newestVersion > status.assignment.incumbent ? `newest is v${status.newestVersion}` : "to everyone";
}

/** The health line as a sentence of its own: the state stands above it already. */
function sentenceOf({ health, state }) {
  const sentence = health.startsWith(`${state}: `) ? health.slice(state.length + 2) : health;
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

/** The sentence with its numbers set apart, so that the eye finds them. */
function withNumbers(sentence) {
  return sentence.split(/(\d[\d.,]*(?:\s?%)?(?<![.,]))/).map((part, i) => i % 2 ? html`<em>${part}</em>` : part);
}

/** What a screen reader is told when it matters: state and what serves, not every judgement. */
export function announcement({ agent, status }) {
  return status ? `${agent}: ${STATES[status.state]?.word ?? status.state}. ${serving(status)}.` : "";
}
