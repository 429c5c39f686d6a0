/**
 * What the page does by itself: sends forms, shows answers as they come, copies requests, marks what is read. The receipt
 * of an answer is put into the forms that judge.
 */
export const DOCS_SCRIPT = String.raw`
"use strict";
document.querySelector(".origin").textContent = location.origin + location.pathname.replace(/\/docs\/?$/, "");
const key = document.querySelector(".key input");
key.value = sessionStorage.getItem("eddy-key") ?? "";
key.addEventListener("input", () => sessionStorage.setItem("eddy-key", key.value));
document.querySelector(".key").addEventListener("submit", (event) => event.preventDefault());
if (matchMedia("(max-width:760px)").matches) document.querySelector(".menu").open = false;

function requestOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const field of form.querySelectorAll("[data-in]")) {
    const { name, value, dataset } = field;
    if (dataset.in === "path") path = path.replace("{" + name + "}", encodeURIComponent(value));
    else if (value === "") continue;
    else if (dataset.in === "query") query.set(name, value);
    else headers[name] = value;
  }
  if (key.value !== "") headers.authorization = "Bearer " + key.value;
  const body = form.elements.body?.value;
  if (body !== undefined) headers["content-type"] = "application/json";
  const base = location.pathname.replace(/\/docs\/?$/, "");
  const url = base + path + (query.size > 0 ? "?" + query : "");
  return { url, init: { method: form.dataset.method, headers, body } };
}

/** JSON in lines and colors, anything else as it is. */
function pretty(text, into) {
  let json;
  try {
    json = JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    into.textContent = text;
    return;
  }
  const pieces = [];
  let end = 0;
  for (const found of json.matchAll(/("(?:[^"\\]|\\.)*")(:)?|\b(?:true|false|null|-?\d[\d.e+-]*)\b/g)) {
    const span = document.createElement("span");
    span.className = found[2] ? "j-key" : found[1] ? "j-text" : "j-value";
    span.textContent = found[1] ?? found[0];
    pieces.push(json.slice(end, found.index), span);
    end = found.index + span.textContent.length;
  }
  into.replaceChildren(...pieces, json.slice(end));
}

/** Streams are shown as they come, other answers once they are whole. */
async function show(response, into) {
  const stream = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    if (stream) into.textContent = text;
  }
  if (!stream) pretty(text, into);
  return text;
}

function passReceipt(text) {
  const receipt = /"receipt"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  if (receipt === undefined) return;
  for (const body of document.querySelectorAll('[data-path="/v1/feedback"] textarea')) {
    try {
      const written = JSON.parse(body.value);
      body.value = JSON.stringify({ ...written, receipt }, undefined, 2);
    } catch {
      // What a person is writing stays as it is.
    }
  }
}

const running = new WeakMap();
for (const form of document.querySelectorAll(".shown form")) {
  const outcome = form.querySelector(".outcome");
  const result = form.nextElementSibling;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    running.get(form)?.abort();
    const abort = new AbortController();
    running.set(form, abort);
    outcome.className = "outcome";
    outcome.textContent = "…";
    result.hidden = false;
    result.textContent = "";
    const started = event.timeStamp;
    try {
      const { url, init } = requestOf(form);
      const response = await fetch(url, { ...init, signal: abort.signal });
      outcome.classList.add(response.ok ? "good" : "bad");
      outcome.textContent = response.status + " " + response.statusText;
      const text = await show(response, result);
      outcome.textContent += " · " + Math.round(new Event("answer").timeStamp - started) + " ms";
      if (form.dataset.path !== "/v1/feedback") passReceipt(text);
    } catch (error) {
      if (abort.signal.aborted) return;
      outcome.classList.add("bad");
      outcome.textContent = String(error.message ?? error);
    }
  });
  form.querySelector(".curl").addEventListener("click", async ({ currentTarget }) => {
    const { url, init } = requestOf(form);
    const quote = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
    const parts = ["curl", "-X", init.method, quote(new URL(url, location.href).href)];
    for (const [name, value] of Object.entries(init.headers)) parts.push("-H", quote(name + ": " + value));
    if (init.body !== undefined) parts.push("-d", quote(init.body));
    await navigator.clipboard?.writeText(parts.join(" "));
    currentTarget.textContent = "Copied";
    setTimeout(() => currentTarget.textContent = "Copy as curl", 1500);
  });
}

const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) links.get(target.id)?.classList.toggle("here", isIntersecting);
}, { rootMargin: "-20% 0px -70% 0px" });
for (const section of document.querySelectorAll(".operation")) observer.observe(section);
`;
