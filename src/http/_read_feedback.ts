import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { z } from "zod";
import { type Feedback, type Metric, type ReceiptBook, type ReceiptClaims, RESERVED_METRICS } from "../episode/mod.ts";
import { EddyError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { findAgent, type HeldAgent } from "./_find_agent.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { Caller } from "./app_environment.ts";
import type { FeedbackBody } from "./feedback_routes.ts";
import { Refusal } from "./refusal.ts";
import { checkScope } from "./require_scope.ts";

type Sent = z.output<typeof FeedbackBody>;

/** What is judged. */
interface Subject {
  readonly agent: string;
  readonly episodeId: string;
  readonly stepId?: string;
}

/** Hex digits of a derived key: 128 bits. */
const KEY_DIGITS = 32;

/**
 * Turns what was sent into a judgement that can be kept: who may judge what, by which metric, with which value.
 *
 * @returns A function of one judgement, who asks, and where it stands in a list (for messages). It throws what the client
 * should know: {@linkcode Refusal}, or an error of the receipt.
 */
export function readFeedback(
  deps: Pick<AppDependencies, "agents" | "newId" | "now" | "store">,
  receipts: ReceiptBook,
): (sent: Sent, caller: Caller, place: string) => Promise<Feedback> {
  return async (sent, caller, place) => {
    const now = deps.now();
    const claims = sent.receipt === undefined ? undefined : receiptOf(sent.receipt, now, place);
    if (!claims) checkScope(caller, "feedback");
    if (claims) checkBinding(claims, sent, place);
    const agent = findAgent(deps, claims?.agent ?? sent.agent);
    const metric = sent.metric ?? agent.configuration.learnsFrom;
    if (claims && !claims.metrics.includes(metric) && !isReserved(metric)) {
      throw unbound(place, `it does not allow the metric '${metric}'${meant(metric, claims.metrics)}`);
    }
    const declared = declaredMetric(agent, metric, place);
    checkValue(sent.value, metric, declared, place);
    const subject = claims ?? await named(sent, agent.served.name, place);
    const level = declared?.level ?? (subject.stepId === undefined ? "episode" : "step");
    if (level === "step" && subject.stepId === undefined) {
      throw invalid(place, `'${metric}' judges a step: send its receipt or 'step'`);
    }
    const author = sent.author ?? (claims && caller.name === undefined ? "person" : "program");
    const { episodeId } = subject;
    const stepId = level === "step" ? subject.stepId : undefined;
    const key = sent.key ?? derivedKey(stepId ?? episodeId, [metric, author, sent.value]);
    const { value } = sent;
    const about = { agent: subject.agent, metric, episodeId, ...(stepId === undefined ? {} : { stepId }) };
    return { id: deps.newId(), key, ...about, value, author, receivedAt: now };
  };

  function receiptOf(text: string, now: number, place: string): ReceiptClaims {
    try {
      return receipts.verify(text, now);
    } catch (error) {
      if (error instanceof EddyError && place !== "") throw new EddyError(error.code, place + error.message);
      throw error;
    }
  }

  /** Without a receipt. Where only the step is named, its attempt is looked up. */
  async function named({ step, episode }: Sent, agent: string, place: string): Promise<Subject> {
    if (episode !== undefined) return { agent, episodeId: episode, stepId: step };
    if (step === undefined) throw invalid(place, "send a 'receipt', or 'step', or 'episode'");
    const kept = await deps.store?.steps.get(step);
    if (!kept) {
      throw invalid(place, `the step '${step}' is not known here; send its 'episode' with it, and it will wait`);
    }
    if (kept.agent !== agent) throw invalid(place, `the step '${step}' is not one of '${agent}'; send its 'agent'`);
    return { agent, episodeId: kept.episodeId, stepId: step };
  }
}

/** What is said beside a receipt must be what it says. */
function checkBinding(claims: ReceiptClaims, { step, episode, agent }: Sent, place: string): void {
  if (agent !== undefined && agent !== claims.agent) throw unbound(place, "it is of another agent");
  if (step !== undefined && step !== claims.stepId) throw unbound(place, "it is of another step");
  if (episode !== undefined && episode !== claims.episodeId) throw unbound(place, "it is of another episode");
}

function declaredMetric({ configuration, served }: HeldAgent, metric: string, place: string): Metric | undefined {
  if (isReserved(metric)) return undefined;
  if (Object.hasOwn(configuration.metrics, metric)) return configuration.metrics[metric];
  const known = [...Object.keys(configuration.metrics), ...RESERVED_METRICS];
  throw invalid(place, `'${served.name}' declares no metric '${metric}'${meant(metric, known)}`);
}

function checkValue(value: Sent["value"], metric: string, declared: Metric | undefined, place: string): void {
  const [type, sent] = [declared?.type ?? "string", typeof value];
  const wanted = `'${metric}' takes a ${type}`;
  if (sent !== type) throw invalid(place, `${wanted}, got a ${sent}`);
  if (value === "") throw invalid(place, `${wanted} that is not empty`);
  if (typeof value !== "number" || !declared?.range) return;
  const [lowest, highest] = declared.range;
  if (value < lowest || value > highest) {
    throw invalid(place, `${wanted} from ${lowest} to ${highest}, got ${value}`);
  }
}

function isReserved(metric: string): boolean {
  return (RESERVED_METRICS as readonly string[]).includes(metric);
}

/** Begins with what is judged: keys that come close together lie close together in an index. */
function derivedKey(subject: string, content: readonly unknown[]): string {
  return `${subject}/${bytesToHex(sha256(utf8ToBytes(JSON.stringify(content)))).slice(0, KEY_DIGITS)}`;
}

function meant(metric: string, known: readonly string[]): string {
  const guess = nearest(metric, known);
  return guess === undefined ? "" : `; did you mean '${guess}'?`;
}

function invalid(place: string, what: string): Refusal {
  return new Refusal("request_invalid", `${place}Cannot judge: ${what}`);
}

function unbound(place: string, what: string): EddyError {
  return new EddyError("receipt_invalid", `${place}Cannot judge with this receipt: ${what}`);
}
