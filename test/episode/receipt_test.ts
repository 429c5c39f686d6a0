import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { createReceiptBook, type ReceiptClaims } from "../../src/episode/mod.ts";

const NOW = 1_760_000_000_000;
const secret = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const book = createReceiptBook([secret(1)]);
const claims: ReceiptClaims = {
  episodeId: "0199c0de-0000-7000-8000-00000000000a",
  stepId: "0199c0de-0000-7000-8000-0123456789ab",
  agent: "support",
  policyVersion: 4_000_000_000,
  metrics: ["correct", "größe"],
  expiresAt: NOW + 60_000,
};
const receipt = book.sign(claims);
const invalid = { code: "receipt_invalid" };
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

describe("createReceiptBook()", () => {
  it("gives back what was signed, whatever the names are", () => {
    deepEqual(book.verify(receipt, NOW), claims);
    for (
      const change of [
        { episodeId: "order 12/ä", stepId: "s" },
        { metrics: [] },
        { agent: "é".repeat(127) },
        { episodeId: "0199C0DE-0000-7000-8000-00000000000A" },
        { episodeId: "0199c0de-0000-7000-8000-00000000000g" },
        { episodeId: "0199c0de00000-7000-8000-00000000000a", stepId: "0199c0de-0000-7000-8000-0000000000é0" },
        { stepId: "0199c0de-000-07000-8000-00000000000a" },
        { expiresAt: 0xffff_ffff * 1000 + 5000, policyVersion: 0 },
        { metrics: Array.from({ length: 255 }, (_, i) => `m${i}`) },
      ]
    ) deepEqual(book.verify(book.sign({ ...claims, ...change }), NOW), { ...claims, ...change });
    ok(receipt.length < 150, `${receipt.length} characters`);
  });

  it("signs one after the other without confusing them", () => {
    const other = createReceiptBook([secret(2)]);
    const texts = [claims, { ...claims, agent: "b" }, claims].map((each) => [book.sign(each), other.sign(each)]);
    deepEqual(texts[0], texts[2]);
    for (const [own, foreign] of texts) {
      equal(book.verify(own, NOW).stepId, claims.stepId);
      throws(() => book.verify(foreign, NOW), invalid);
    }
  });

  it("has one text for one claim: equal to what HMAC-SHA-256 of the platform signs", async () => {
    equal(book.sign(claims), receipt);
    const bytes = toBytes(receipt);
    const key = await crypto.subtle.importKey(
      "raw",
      Uint8Array.from(secret(1)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      [
        "sign",
      ],
    );
    const mac = await crypto.subtle.sign("HMAC", key, Uint8Array.from(bytes.subarray(0, -32)));
    deepEqual(new Uint8Array(mac), bytes.subarray(-32));
  });

  it("refuses every change of a single bit", () => {
    const bytes = toBytes(receipt);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] ^= 1 << (bit & 7);
      throws(() => book.verify(toText(changed), NOW), invalid, `bit ${bit}`);
    }
  });

  it("refuses every change of a single character, stray bits at the end as well", () => {
    // Of all lengths modulo 3, so that last characters stand for 2, 4 and 6 bits.
    for (const agent of ["a", "ab", "abc"]) {
      const text = book.sign({ ...claims, agent });
      let tried = 0;
      for (let i = 0; i < text.length; i++) {
        for (const char of `${ALPHABET}=+/. \n\u0000é`) {
          if (char === text[i]) continue;
          throws(
            () => book.verify(text.slice(0, i) + char + text.slice(i + 1), NOW),
            invalid,
            `character ${i}: ${char}`,
          );
          tried++;
        }
      }
      equal(tried, text.length * (ALPHABET.length + 8 - 1));
    }
  });

  it("refuses truncations, additions, padding, white space and other texts", () => {
    for (let length = 0; length < receipt.length; length++) {
      throws(() => book.verify(receipt.slice(0, length), NOW), invalid, `${length} characters`);
    }
    for (
      const text of [`${receipt}A`, `${receipt}=`, `${receipt}==`, ` ${receipt}`, `${receipt}\n`, "A".repeat(9000)]
    ) {
      throws(() => book.verify(text, NOW), invalid);
    }
  });

  it("refuses what another secret signed, also one with the name of ours", () => {
    throws(() => createReceiptBook([secret(2)]).verify(receipt, NOW), invalid);
    const forged = toBytes(createReceiptBook([secret(2)]).sign(claims));
    forged.set(toBytes(receipt).subarray(1, 5), 1);
    throws(() => book.verify(toText(forged), NOW), invalid);
  });

  it("refuses to move a signature to other claims", () => {
    for (
      const other of [{ agent: "billing" }, { stepId: claims.episodeId }, { metrics: ["correct"] }, {
        policyVersion: 1,
      }]
    ) {
      const moved = toBytes(book.sign({ ...claims, ...other }));
      moved.set(toBytes(receipt).subarray(-32), moved.length - 32);
      throws(() => book.verify(toText(moved), NOW), invalid);
    }
  });

  it("signs with the newest secret and verifies with all, until one is taken away", () => {
    const rotated = createReceiptBook([secret(2), secret(1)]);
    deepEqual(rotated.verify(receipt, NOW), claims);
    const fresh = rotated.sign(claims);
    notEqual(fresh, receipt);
    deepEqual(createReceiptBook([secret(2)]).verify(fresh, NOW), claims);
    throws(() => book.verify(fresh, NOW), invalid);
  });

  it("says receipt_expired from the second on at which it ends, and only of its own receipts", () => {
    deepEqual(book.verify(receipt, claims.expiresAt - 1), claims);
    throws(() => book.verify(receipt, claims.expiresAt), { code: "receipt_expired" });
    throws(() => book.verify(`${receipt.slice(0, -2)}AA`, claims.expiresAt), invalid);
    const rounded = book.verify(book.sign({ ...claims, expiresAt: NOW + 1 }), NOW);
    equal(rounded.expiresAt, NOW + 1000);
  });

  it("refuses weak or missing secrets, and names that do not fit", () => {
    throws(() => createReceiptBook([]), /there is no secret/);
    throws(() => createReceiptBook([new Uint8Array(31)]), /31 bytes/);
    throws(() => book.sign({ ...claims, agent: "x".repeat(256) }), /256 characters/);
    throws(() => book.sign({ ...claims, agent: "" }), RangeError);
    throws(() => book.sign({ ...claims, policyVersion: -1 }), RangeError);
  });
});
