import { curve } from "./curve.js";
import { episodeList } from "./episode_list.js";
import { feedback } from "./feedback.js";
import { format } from "./format.js";
import { announcement, hero } from "./hero.js";
import { html } from "./html.js";
import { pace } from "./pace.js";
import { placesOf } from "./places.js";
import { ask, followService, keyOfTab } from "./service.js";
import { show } from "./show.js";
import { createState } from "./state.js";
import { followTheme } from "./theme.js";
import { publications, timeline } from "./timeline.js";
import { followTips } from "./tip.js";
import { warnings } from "./warnings.js";
import { welcome } from "./welcome.js";

/** Milliseconds: between two pictures, between two looks at the episodes, between two words to a screen reader. */
const [BETWEEN_PICTURES, BETWEEN_LOOKS, BETWEEN_WORDS] = [250, 2500, 15_000];

const part = (id) => document.getElementById(id);
const state = createState();
const showEpisodes = episodeList(part("episodes"), part("newer"));
let chosen = decodeURIComponent(location.hash.slice(1));
let versions = [];
let allPublications = false;

followTheme(part("theme"));
followTips(part("tip"));

const draw = atMostEvery(BETWEEN_PICTURES, drawNow);
const look = atMostEvery(BETWEEN_LOOKS, lookNow);
const announce = atMostEvery(BETWEEN_WORDS, () => {
  const agent = agentNow();
  if (agent) part("announcer").textContent = announcement(agent);
});

const hurry = followService({
  onReport(report) {
    state.takeReport(report);
    changed();
  },
  onEvent(event) {
    state.takeEvent(event);
    changed();
  },
  onConnection: showConnection,
});

function changed() {
  draw();
  look();
  announce();
}

function agentNow() {
  const agents = state.report?.agents ?? [];
  return agents.find(({ agent }) => agent === chosen) ?? agents[0];
}

function drawNow() {
  const [report, agent] = [state.report, agentNow()];
  if (!report || !agent) return;
  const empty = !agent.status?.judgements && agent.history.length === 0 && part("episodes").dataset.any !== agent.agent;
  part("loading").hidden = part("key").hidden = true;
  part("agent").hidden = false;
  for (const id of ["learning", "serving", "judging", "speed", "last"]) part(id).hidden = empty;
  part("welcome").hidden = !empty;
  document.title = `${agent.agent} · ${agent.status?.state ?? agent.mode} · Eddy`;
  show(part("agents"), tabs(report.agents, agent));
  show(part("hero"), hero(agent, report));
  const crossed = warnings(agent, report.now);
  part("warnings").hidden = crossed.length === 0;
  show(part("warnings"), html`${crossed}`);
  show(part("footer"), foot(report));
  if (empty) return show(part("welcome"), welcome(agent, location.origin, keyOfTab.get() !== ""));
  const placeAt = placesOf(versions, { at: report.now, place: agent.status?.judgements ?? 0 });
  show(part("curve"), curve(agent, placeAt, widthOf("curve")));
  show(part("timeline"), timeline(agent, report.startedAt, report.now, widthOf("timeline")));
  show(part("publications"), publications(agent, report.now, allPublications));
  show(part("feedback"), feedback(agent));
  show(part("pace"), pace(agent, state.pace, widthOf("pace")));
}

/** Episodes and versions are asked for, not told: their journal may grow by thousands a second. */
async function lookNow() {
  const agent = agentNow();
  if (!agent || document.hidden) return;
  const name = encodeURIComponent(agent.agent);
  const [kept, told] = await Promise.allSettled([
    ask(`/v1/episodes?agent=${name}&limit=20`),
    ask(`/v1/policies/${name}`),
  ]);
  if (agentNow()?.agent !== agent.agent) return;
  const episodes = kept.status === "fulfilled"
    ? Array.isArray(kept.value) ? kept.value : kept.value.episodes
    : undefined;
  if (told.status === "fulfilled") versions = told.value.versions ?? [];
  if (episodes?.length) part("episodes").dataset.any = agent.agent;
  if (episodes) showEpisodes(episodes, agent.metrics, state.report.now);
  draw();
}

function tabs(agents, { agent: current }) {
  if (agents.length < 2) return html``;
  if (agents.length > 4) {
    return html`<select aria-label="Agent" data-agents>${
      agents.map(({ agent }) => html`<option ${agent === current && "selected"}>${agent}</option>`)
    }</select>`;
  }
  return html`${
    agents.map(({ agent, status }) =>
      html`<a href="#${encodeURIComponent(agent)}" ${
        agent === current && html`aria-current="page"`
      }><i class="${status?.state}"></i>${agent}</a>`
    )
  }`;
}

function foot({ version, startedAt, now }) {
  return html`
    <p>Eddy ${version} · running since ${format.time(startedAt, now)}</p>
    <nav
      aria-label="More"><a href="/docs">Routes</a><a href="/metrics">Metrics</a><a href="/v1/status">These numbers as JSON</a></nav>
  `;
}

function showConnection({ kind, seconds, status }) {
  document.documentElement.dataset.connection = kind;
  part("loading").hidden = kind !== "gone" || state.report !== undefined;
  const words = {
    live: html`<i></i>live`,
    locked: html`<i></i>locked`,
    gone: html`<i></i>service gone, next try in ${seconds} s`,
  };
  // Seconds are shown, not told: a screen reader hears of the break once.
  part("connection").ariaLive = kind === "gone" && part("connection").dataset.kind === "gone" ? "off" : "polite";
  part("connection").dataset.kind = kind;
  show(part("connection"), words[kind]);
  if (kind === "gone" && !state.report) {
    part("loading").querySelector("p").textContent = "The service does not answer yet …";
  }
  if (kind !== "locked") return;
  part("loading").hidden = part("agent").hidden = true;
  part("key").hidden = false;
  part("key-error").textContent = !keyOfTab.get()
    ? ""
    : status === 403
    ? "This key may not read. Ask for one with the scope read."
    : "The service does not know this key, or it was withdrawn.";
  part("key-text").focus();
}

part("key").addEventListener("submit", (event) => {
  event.preventDefault();
  keyOfTab.set(part("key-text").value.trim());
  part("key-text").value = "";
  hurry();
});

addEventListener("hashchange", () => {
  if (location.hash === "#main") return;
  chosen = decodeURIComponent(location.hash.slice(1));
  versions = [];
  showEpisodes([], {}, 0);
  drawNow();
  lookNow();
});

addEventListener(
  "change",
  ({ target }) => target.matches("[data-agents]") && (location.hash = encodeURIComponent(target.value)),
);

addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.toggle === "publications") {
    allPublications = !allPublications;
    drawNow();
    document.querySelector("[data-toggle=publications]")?.focus();
  }
  if (button?.dataset.copy) {
    await navigator.clipboard.writeText(button.dataset.copy).then(() => button.textContent = "Copied", () => {
      getSelection().selectAllChildren(button.previousElementSibling); // without a secure origin: selected, to be copied
    });
    setTimeout(() => button.textContent = "Copy", 1600);
  }
});

addEventListener("resize", draw);
document.addEventListener("visibilitychange", changed);

function widthOf(id) {
  return Math.max(260, part(id).clientWidth - (id === "timeline" ? 0 : 28));
}

/** Calls at once, then at most once in `milliseconds`, the last time after the last wish; waits while nobody looks. */
function atMostEvery(milliseconds, call) {
  let [resting, wished] = [false, false];
  return function wish() {
    wished = true;
    if (resting || document.hidden) return;
    [resting, wished] = [true, false];
    requestAnimationFrame(call);
    setTimeout(() => {
      resting = false;
      if (wished) wish();
    }, milliseconds);
  };
}
