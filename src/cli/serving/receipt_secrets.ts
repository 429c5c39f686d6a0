import { dirname } from "node:path";
import { EddyError } from "../../errors.ts";
import type { Host } from "../host.ts";

const SECRET_BYTES = 32;

/**
 * The secrets that receipts are signed with, newest first: `EDDY_RECEIPT_SECRETS` (hex, with commas between), or the file
 * `receipts.secret` beside the database, made when there is none. Who knows a secret can forge judgements.
 *
 * To change a secret, put a new line first: receipts signed with the older ones stay good until they expire.
 *
 * @param database Path of the database; undefined where there is no file of one.
 * @param options `make: false` refuses where there is none: another process must have the same.
 * @throws {EddyError} `configuration_invalid` If a secret is not 64 hexadecimal digits; `store_unavailable` If it cannot be
 * kept.
 */
export async function receiptSecrets(
  database: string | undefined,
  host: Host,
  { make = true }: { readonly make?: boolean } = {},
): Promise<Uint8Array[]> {
  const told = host.variable("EDDY_RECEIPT_SECRETS");
  if (told) return told.split(",").map((secret) => read(secret.trim(), "EDDY_RECEIPT_SECRETS"));
  const fresh = (): Uint8Array => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  if (database === ":memory:" && make) return [fresh()];
  if (database === undefined || database === ":memory:") {
    throw new EddyError(
      "configuration_invalid",
      "Cannot sign receipts: set EDDY_RECEIPT_SECRETS to 64 hexadecimal digits, the same for every process of a service",
    );
  }
  const path = `${dirname(database)}/receipts.secret`;
  const kept = await host.readText(path).catch(refuse);
  if (kept !== undefined) {
    const lines = kept.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    if (lines.length > 0) return lines.map((line) => read(line, path));
  }
  if (!make) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot sign receipts: there is no '${path}' here; set EDDY_RECEIPT_SECRETS to what the centre has`,
    );
  }
  const secret = fresh();
  await Deno.mkdir(dirname(path), { recursive: true }).catch(refuse);
  await Deno.writeTextFile(path, `${secret.toHex()}\n`, { mode: 0o600 }).catch(refuse);
  return [secret];

  function refuse(cause: Error): never {
    throw new EddyError("store_unavailable", `Cannot keep the secret of receipts in '${path}': ${cause.message}`, {
      cause,
    });
  }
}

function read(hex: string, place: string): Uint8Array {
  if (/^[0-9a-fA-F]{64}$/.test(hex)) return Uint8Array.fromHex(hex);
  throw new EddyError(
    "configuration_invalid",
    `Cannot sign receipts: a secret in ${place} is not 64 hexadecimal digits; 'openssl rand -hex 32' makes one`,
  );
}
