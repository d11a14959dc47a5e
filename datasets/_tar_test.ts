import { assertEquals, assertRejects } from "@std/assert";
import { readTar } from "./_tar.ts";

const streamOf = (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes]).stream();

/** One entry as `tar --format=ustar` writes it: name, mode, ids, size, time and checksum of a file with "hi". */
function smallTar(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2048);
  const header = "a.txt".padEnd(100, "\0") + "0000644\0" + "0000000\0".repeat(2) + "00000000002\0" +
    "0".repeat(11) +
    "\0" + "        " + "0" + "\0".repeat(100) + "ustar\x0000";
  bytes.set(new TextEncoder().encode(header));
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.set(new TextEncoder().encode(sum.toString(8).padStart(6, "0") + "\0 "), 148);
  bytes.set(new TextEncoder().encode("hi"), 512);
  return bytes;
}

Deno.test("readTar() yields names and bytes", async () => {
  const files = await Array.fromAsync(readTar(streamOf(smallTar())));
  assertEquals(files.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]), [["a.txt", "hi"]]);
});

Deno.test("readTar() rejects a damaged, cut or oversized archive", async () => {
  const read = (bytes: Uint8Array<ArrayBuffer>, maxFileBytes?: number) => () =>
    Array.fromAsync(readTar(streamOf(bytes), { maxFileBytes }));
  const damaged = smallTar();
  damaged[3] = 7;
  await assertRejects(read(damaged), SyntaxError, "a file header is damaged");
  await assertRejects(read(smallTar().slice(0, 100)), SyntaxError, "a file header is damaged");
  await assertRejects(read(smallTar().slice(0, 513)), SyntaxError, "it is cut short in a.txt, 1 of 2 bytes");
  await assertRejects(read(smallTar(), 1), RangeError, "a.txt claims 2 bytes, the limit is 1");
});
