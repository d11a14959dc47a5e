import { assertEquals } from "@std/assert";
import { sha256, sha256Hex } from "./sha256.ts";

Deno.test("sha256Hex() is that of FIPS 180-4, for bytes and text", () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals(sha256Hex("abc"), abc);
  assertEquals(sha256Hex(new Uint8Array([97, 98, 99])), abc);
  assertEquals(sha256().update("a").update(new Uint8Array([98])).update("c").hex(), abc);
});
