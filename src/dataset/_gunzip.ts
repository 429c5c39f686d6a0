import { EddyError } from "../errors.ts";

/** Unpacks gzip. @throws {EddyError} `data_invalid` If the bytes are not a whole gzip file. */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new EddyError("data_invalid", `Cannot unpack '${name}': it is not a whole gzip file`, { cause });
  }
}
