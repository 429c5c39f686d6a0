import { EddyError } from "../../errors.ts";
import { createKey } from "../../http/mod.ts";
import { createIdSource, openStore } from "../../service/mod.ts";
import type { Scope } from "../../store/mod.ts";
import type { Call, Command } from "../command.ts";
import type { Host } from "../host.ts";
import { readServiceConfiguration } from "../serving/read_service_configuration.ts";

const SCOPES = ["decide", "feedback", "read", "manage"] as const satisfies readonly Scope[];

/** `eddy keys`: makes, lists and withdraws the keys of a service, in its database. */
export const keysCommand: Command = {
  name: "keys",
  summary: "Make, list and withdraw the keys of a service",
  operand: { name: "create NAME | list | revoke ID", meaning: "what to do", many: true },
  flags: {
    configuration: { type: "string", value: "FILE", meaning: "of the service; eddy.config.ts unless given" },
    scopes: {
      type: "string",
      value: "LIST",
      meaning: `what it may do: ${SCOPES.join(",")}; decide,feedback unless given`,
    },
    json: { type: "boolean", meaning: "one JSON object a line" },
  },
  examples: [
    ["deno task keys create checkout-page --scopes decide,feedback", "prints the key, once"],
    ["deno task keys list", "who may do what"],
    ["deno task keys revoke 0195", "the start of an id is enough"],
  ],
  async run(call, host): Promise<number> {
    const [action = "list", word] = call.operands;
    const { configuration } = await readServiceConfiguration(call.text("configuration"), host);
    await using store = await openStore(configuration, { databaseUrl: host.variable("EDDY_DATABASE_URL") });
    if (action === "create") {
      if (!word) throw refuse("Cannot make a key: say whose it is, as in 'eddy keys create checkout-page'");
      const random = crypto.getRandomValues(new Uint8Array(32));
      const { key, hash } = createKey(random);
      const id = createIdSource(() => Date.now(), (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>))();
      const scopes = readScopes(call);
      await store.keys.add({ id, name: word, hash, scopes, createdAt: Date.now() });
      if (call.given("json")) host.stdout.write(`${JSON.stringify({ id, name: word, scopes, key })}\n`);
      else {host.stdout.write(
          `${key}\n\nFor '${word}': ${
            scopes.join(", ")
          }. It is shown this once; send it as 'Authorization: Bearer …'.\n`,
        );}
      return 0;
    }
    const keys = await store.keys.list();
    if (action === "list") return list(keys, call, host);
    if (action !== "revoke") throw refuse(`Cannot run 'keys ${action}': there are create, list and revoke`);
    const found = word ? keys.filter(({ id }) => id.startsWith(word)) : [];
    if (found.length !== 1) {
      throw refuse(`Cannot withdraw '${word ?? ""}': ${found.length} keys have such an id; see 'eddy keys list'`);
    }
    await store.keys.revoke(found[0].id, Date.now());
    host.stdout.write(`The key of '${found[0].name}' is withdrawn; running services know within seconds.\n`);
    return 0;
  },
};

function list(
  keys: readonly {
    readonly id: string;
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly createdAt: number;
    readonly revokedAt?: number;
  }[],
  call: Call,
  host: Host,
): number {
  for (const { id, name, scopes, createdAt, revokedAt } of keys) {
    if (call.given("json")) host.stdout.write(`${JSON.stringify({ id, name, scopes, createdAt, revokedAt })}\n`);
    else {
      const since = new Date(createdAt).toISOString().slice(0, 16).replace("T", " ");
      host.stdout.write(`${id}  ${since}  ${revokedAt ? "withdrawn" : scopes.join(",")}  ${name}\n`);
    }
  }
  if (keys.length === 0 && !call.given("json")) {
    host.stdout.write("There are no keys; 'eddy keys create NAME' makes one.\n");
  }
  return 0;
}

function readScopes(call: Call): Scope[] {
  const written = (call.text("scopes") ?? "decide,feedback").split(",").map((scope) => scope.trim());
  const foreign = written.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (foreign !== undefined) throw refuse(`Cannot give the scope '${foreign}': there are ${SCOPES.join(", ")}`);
  return written as Scope[];
}

function refuse(message: string): EddyError {
  return new EddyError("configuration_invalid", message);
}
