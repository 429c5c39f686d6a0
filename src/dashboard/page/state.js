/** Parts of a learning curve that are kept; twice as many are merged in pairs. */
const MOST_PARTS = 240;
/** Lines of history, warnings and moments of pace that are kept. */
const [MOST_LINES, MOST_MOMENTS] = [200, 240];

/**
 * What the page knows: the newest report of the service, with the events since folded in.
 *
 * `report` is a `StatusReport`. `pace` holds one moment for each report.
 */
export function createState() {
  const state = { report: undefined, pace: [], takeReport, takeEvent };

  /** Replaces everything by what the service says. */
  function takeReport(report) {
    if (state.report && report.startedAt !== state.report.startedAt) state.pace.length = 0;
    state.report = { ...report, agents: report.agents.map((agent) => ({ ...agent })) };
    state.pace.push({ at: report.now, ...report.throughput, latencyMs: report.latencyMs });
    if (state.pace.length > MOST_MOMENTS) state.pace.shift();
  }

  /** Folds in one event of the central loop. */
  function takeEvent(event) {
    const agent = state.report?.agents.find(({ agent }) => agent === event.agent);
    if (!agent) return;
    if (event.at > state.report.now) state.report.now = event.at;
    if (event.event === "progress") {
      agent.curve = lengthened(agent.curve, agent.status, event.status);
      agent.status = event.status;
    }
    if (event.event === "publication") {
      const { event: _, ...line } = event;
      const known = agent.history.some(({ at, action, version }) =>
        at === line.at && action === line.action && version === line.version
      );
      if (!known) agent.history = [line, ...agent.history].slice(0, MOST_LINES);
      if (agent.status) agent.status = { ...agent.status, assignment: event.assignment };
    }
    if (event.event === "warning") {
      const { event: _, ...line } = event;
      const known = agent.warnings.some(({ at, warning, level }) =>
        at === line.at && warning === line.warning && level === line.level
      );
      if (!known) agent.warnings = [line, ...agent.warnings].slice(0, MOST_LINES);
    }
  }
  return state;
}

/** The curve with one more part: the mean of what was judged between two statuses follows from their two means. */
function lengthened(curve, before, after) {
  const end = curve.length ? curve.at(-1).from + curve.at(-1).steps - 1 : 0;
  const steps = before ? after.judgements - before.judgements : 0;
  if (steps <= 0 || after.judgements <= end) return curve;
  const mean = (after.meanReward * after.judgements - before.meanReward * before.judgements) / steps;
  const parts = [...curve, { from: before.judgements + 1, steps, mean: Math.min(1, Math.max(0, mean)) }];
  return parts.length > MOST_PARTS ? inPairs(parts) : parts;
}

function inPairs(parts) {
  return Array.from({ length: Math.ceil(parts.length / 2) }, (_, i) => {
    const [a, b] = [parts[2 * i], parts[2 * i + 1]];
    if (!b) return a;
    const steps = a.steps + b.steps;
    return { from: a.from, steps, mean: steps ? (a.mean * a.steps + b.mean * b.steps) / steps : a.mean };
  });
}
