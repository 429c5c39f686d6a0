/** Runs what it is told on its input with all that the process has: what the process itself is kept from shows here. */
const { stdin } = Deno;
let text = "";
for await (const chunk of stdin.readable.pipeThrough(new TextDecoderStream())) text += chunk;
const AsyncFunction = (async () => {}).constructor as new (text: string) => () => Promise<unknown>;
await new AsyncFunction(text)();
