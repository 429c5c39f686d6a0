// The page: what is said goes to the model's worker, what it answers is shown token by token.
const at = (id) => document.getElementById(id);
const worker = new Worker("./model_worker.js", { type: "module" });

let messages = [], answer, loaded, name = "";

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function say(state, text) {
  document.body.dataset.state = state;
  at("state").querySelector("span").textContent = text;
}

function showChat(isOpen) {
  at("choose").hidden = isOpen;
  at("chat").hidden = at("another").hidden = !isOpen;
}

function load(source) {
  at("choose-error").textContent = "";
  at("progress").hidden = false;
  at("progress").value = 0;
  name = source.file?.name ?? source.url.split("/").at(-1);
  say("busy", `loading ${name}`);
  worker.postMessage({ type: "load", format: at("format").value, ...source });
}

function begin() {
  messages = [];
  at("said").replaceChildren();
  at("words").focus();
}

/** Follows what is written, unless the reader has scrolled away. */
function follow(change) {
  const page = document.documentElement;
  const isAtEnd = page.scrollHeight - page.clientHeight - page.scrollTop < 80;
  change();
  if (isAtEnd) page.scrollTop = page.scrollHeight;
}

function addBubble(role, text) {
  const bubble = document.createElement("li");
  bubble.className = role;
  bubble.textContent = text;
  at("said").append(bubble);
  document.documentElement.scrollTop = document.documentElement.scrollHeight;
  return bubble;
}

function setBusy(isBusy) {
  at("send").hidden = isBusy;
  at("stop").hidden = !isBusy;
  at("reset").disabled = at("another").disabled = isBusy;
  say(isBusy ? "busy" : "ready", isBusy ? "writing" : loaded?.device === "webgpu" ? `${name}, on the GPU` : name);
}

function showFigures({ tokensPerSecond, firstSeconds, promptTokens, tokens, memory }) {
  if (tokensPerSecond) at("speed").textContent = tokensPerSecond.toFixed(1);
  at("first").textContent = `${Math.round(firstSeconds * 1000)} ms`;
  at("tokens").textContent = `${promptTokens} + ${tokens}`;
  at("memory").textContent = megabytes(memory);
}

const heard = {
  progress: ({ part }) => at("progress").value = part,
  loaded(message) {
    loaded = message;
    document.body.dataset.device = message.device;
    document.body.dataset.why = message.why;
    at("progress").hidden = true;
    at("memory").textContent = megabytes(message.memory);
    at("temperature").value = message.sampling.temperature ?? 0.7;
    at("words").placeholder = message.hasChatTemplate
      ? "Say something"
      : "Begin a text: this model has no form for conversations";
    showChat(true);
    setBusy(false);
    begin();
  },
  token(message) {
    follow(() => answer.append(message.text));
    showFigures(message);
  },
  finished(message) {
    answer.append(message.text);
    answer.classList.remove("writing");
    answer.dataset.ids = message.ids.join();
    answer.dataset.reason = message.reason;
    messages.push({ role: "assistant", content: answer.textContent });
    showFigures({ ...message, tokens: message.ids.length });
    setBusy(false);
    at("words").focus();
  },
  failed({ while: what, message }) {
    at("progress").hidden = true;
    if (what !== "ask") {
      showChat(false);
      say("none", "no model");
      at("choose-error").textContent = message;
      return;
    }
    answer.remove();
    messages.pop();
    at("ask-error").textContent = message;
    setBusy(false);
  },
};
worker.onmessage = ({ data }) => heard[data.type](data);
worker.onerror = (event) => heard.failed({ while: "load", message: event.message || "the kernels cannot be loaded" });

at("file").onchange = () => at("file").files[0] && load({ file: at("file").files[0] });
at("choose").onsubmit = (event) => {
  event.preventDefault();
  const [file] = at("file").files, url = at("url").value.trim();
  if (url) load({ url: new URL(url, location.href).href });
  else if (file) load({ file });
  else at("choose-error").textContent = "Choose a file, or give an address.";
};
const drop = document.querySelector(".drop");
drop.ondragover = () => drop.classList.add("over");
drop.ondragleave = drop.ondrop = () => drop.classList.remove("over");
at("another").onclick = () => {
  at("choose").reset();
  showChat(false);
};
at("reset").onclick = begin;
at("stop").onclick = () => worker.postMessage({ type: "stop" });
at("words").onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("ask").requestSubmit();
};
at("ask").onsubmit = (event) => {
  event.preventDefault();
  const content = at("words").value.trim();
  if (!content || at("send").hidden) return;
  at("ask-error").textContent = "";
  at("words").value = "";
  messages.push({ role: "user", content });
  addBubble("user", content);
  // A model without a form for conversations goes on with the text.
  answer = addBubble("assistant writing", loaded.hasChatTemplate ? "" : content);
  setBusy(true);
  worker.postMessage({
    ...{ type: "ask", messages, seed: Number(at("seed").value), maximumTokens: Number(at("most").value) },
    temperature: Number(at("temperature").value),
  });
};
