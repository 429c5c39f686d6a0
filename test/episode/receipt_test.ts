import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, throws } from "node:assert/strict";
import { createReceiptBook, type ReceiptClaims } from "../../src/episode/receipt.ts";
import { EddyError } from "../../src/errors.ts";

const CLAIMS: ReceiptClaims = {
  episodeId: "0192f3a4-5b6c-7d8e-9f01-23456789abcd",
  stepId: "0192f3a4-5b6c-7d8e-9f01-23456789abce",
  agent: "router",
  policyVersion: 41,
  metrics: ["correct", "stars"],
  expiresAt: 2_000_000_000,
};
const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const book = createReceiptBook([secret(1)]);
const NOW = 1_900_000_000;

/** Whether a text is refused as a receipt, and nothing else goes wrong. */
function isRefused(text: string, by = book): boolean {
  try {
    by.verify(text, NOW);
    return false;
  } catch (error) {
    if (error instanceof EddyError && error.code === "receipt_invalid") return true;
    throw error;
  }
}

describe("createReceiptBook()", () => {
  it("reads back what it signed, in letters that a URL may hold", () => {
    const receipt = book.sign(CLAIMS);
    deepEqual(book.verify(receipt, NOW), CLAIMS);
    equal(/^[\w-]{100,170}$/.test(receipt), true, receipt);
  });

  it("reads back any names and numbers", () => {
    const name = fc.string({ unit: "grapheme", maxLength: 30 });
    fc.assert(fc.property(name, fc.array(name, { maxLength: 5 }), fc.nat(), (agent, metrics, policyVersion) => {
      const claims = { ...CLAIMS, agent, metrics, policyVersion };
      deepEqual(book.verify(book.sign(claims), NOW), claims);
    }));
  });

  it("refuses a receipt with any one bit changed", () => {
    const bytes = Uint8Array.fromBase64(book.sign(CLAIMS), { alphabet: "base64url" });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      equal(isRefused(changed.toBase64({ alphabet: "base64url", omitPadding: true })), true, `bit ${bit}`);
    }
  });

  it("refuses every other spelling: one letter changed, added or left out, padding, spaces", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ";
    for (const metrics of [["a"], ["ab"], ["abc"]]) {
      const receipt = book.sign({ ...CLAIMS, metrics });
      for (let at = 0; at <= receipt.length; at++) {
        for (const letter of letters) {
          const changed = receipt.slice(0, at) + letter + receipt.slice(at + 1);
          if (changed !== receipt) equal(isRefused(changed), true, changed);
        }
        equal(isRefused(receipt.slice(0, at) + receipt.slice(at + 1)), at < receipt.length);
        equal(isRefused(receipt.slice(0, at)), at < receipt.length);
      }
      for (const changed of [`${receipt}=`, ` ${receipt}`, `${receipt}\n`, receipt + receipt]) {
        equal(isRefused(changed), true);
      }
    }
  });

  it("refuses arbitrary text without any other failure", () => {
    fc.assert(fc.property(fc.string(), (text) => isRefused(text)));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => isRefused(bytes.toBase64({ alphabet: "base64url", omitPadding: true })),
      ),
    );
  });

  it("refuses receipts of another secret, and takes those of an older one", () => {
    const older = book.sign(CLAIMS);
    const rotated = createReceiptBook([secret(2), secret(1)]);
    deepEqual(rotated.verify(older, NOW), CLAIMS);
    equal(isRefused(rotated.sign(CLAIMS)), true);
    equal(isRefused(older, createReceiptBook([secret(2)])), true);
  });

  it("says that a receipt has expired only when it was a real one", () => {
    const receipt = book.sign(CLAIMS);
    throws(() => book.verify(receipt, CLAIMS.expiresAt), { code: "receipt_expired" });
    deepEqual(book.verify(receipt, CLAIMS.expiresAt - 1), CLAIMS);
  });

  it("refuses to sign what it could not read back", () => {
    throws(() => book.sign({ ...CLAIMS, stepId: "step-1" }), /is no UUID/);
    throws(() => book.sign({ ...CLAIMS, agent: "x".repeat(256) }), /longer than 255/);
    throws(() => createReceiptBook([]), /no secret/);
    throws(() => createReceiptBook([new Uint8Array(16)]), /16 bytes/);
  });
});
