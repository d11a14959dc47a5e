import { assertEquals, assertRejects } from "@std/assert";
import { sha256Hex } from "../common/sha256.ts";
import { join } from "node:path";
import { CIFAR10_FILES } from "./cifar10_release.ts";
import { fetchCifar10 } from "./fetch_cifar10.ts";

const FILES = [...CIFAR10_FILES, "batches.meta.txt"];

/** A gzipped tar with a folder and the given files in it, written independently of the reader. */
async function archiveOf(names: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const blocks: Uint8Array<ArrayBuffer>[] = [entry("cifar/", { kind: "5", content: new Uint8Array(0) })];
  for (const [i, name] of names.entries()) {
    blocks.push(entry(`cifar/${name}`, { kind: "0", content: new Uint8Array(500 + 7 * i).fill(i + 1) }));
  }
  const tar = new Blob([...blocks, new Uint8Array(1024)]);
  const zipped = tar.stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

function entry(
  name: string,
  { kind, content }: { kind: string; content: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(512 + Math.ceil(content.length / 512) * 512);
  const put = (text: string, offset: number) => out.set(new TextEncoder().encode(text), offset);
  put(name, 0);
  put(content.length.toString(8).padStart(11, "0"), 124);
  put("        ", 148);
  put(kind, 156);
  put("ustar", 257);
  const sum = out.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  put(sum.toString(8).padStart(6, "0") + "\0 ", 148);
  out.set(content, 512);
  return out;
}

/** Serves the bytes on a free port while the body runs with a new folder. */
async function serving(
  bytes: Uint8Array<ArrayBuffer>,
  body: (setup: { url: string; folder: string }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const answer = (request: Request) =>
    new URL(request.url).pathname === "/a.tar.gz" ? new Response(bytes) : new Response("", { status: 404 });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  try {
    await body({ url: `http://127.0.0.1:${server.addr.port}/a.tar.gz`, folder });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("fetchCifar10() downloads, verifies and unpacks", async () => {
  const bytes = await archiveOf(FILES);
  await serving(bytes, async ({ url, folder }) => {
    const out = join(folder, "new", "cifar10");
    let last = 0;
    await fetchCifar10({
      out,
      expected: { url, sha256: sha256Hex(bytes) },
      onProgress: (done) => last = done,
    });
    assertEquals(last, bytes.length);
    for (const [i, name] of FILES.entries()) {
      assertEquals(await Deno.readFile(join(out, name)), new Uint8Array(500 + 7 * i).fill(i + 1));
    }
  });
});

Deno.test("fetchCifar10() unpacks nothing from an archive with another hash", async () => {
  const bytes = await archiveOf(FILES);
  await serving(bytes, async ({ url, folder }) => {
    const out = join(folder, "out");
    const wrong = () => fetchCifar10({ out, expected: { url, sha256: "0".repeat(64) } });
    await assertRejects(wrong, Error, `its sha256 must be ${"0".repeat(64)}, it is ${sha256Hex(bytes)}`);
    await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
  });
});

Deno.test("fetchCifar10() reads an archive from disk and says what it lacks", async () => {
  const bytes = await archiveOf(FILES.slice(2));
  await serving(bytes, async ({ url, folder }) => {
    const archive = join(folder, "a.tar.gz");
    await Deno.writeFile(archive, bytes);
    const fetched = () => fetchCifar10({ out: folder, archive, expected: { url, sha256: sha256Hex(bytes) } });
    await assertRejects(fetched, Error, `${archive}: it lacks data_batch_1.bin, data_batch_2.bin`);
  });
});

Deno.test("fetchCifar10() names the address it cannot download, with a way out", async () => {
  await serving(new Uint8Array(0), async ({ url, folder }) => {
    const missing = url.replace("/a.", "/b.");
    const fetched = (from: string) => () =>
      fetchCifar10({ out: folder, expected: { url: from, sha256: "" } });
    await assertRejects(fetched(missing), Error, `Cannot download ${missing}: the server answers 404\nHint:`);
    await assertRejects(fetched("http://127.0.0.1:1/"), Error, "Cannot download http://127.0.0.1:1/: ");
  });
});
