import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { cifar10 } from "./cifar10.ts";
import { CIFAR10_FILES, recogniseCifar10 } from "./cifar10_release.ts";

const RECORD = 3073;
const NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

/** Runs the body in a folder of six files of three records; record r of file f: label (3 f + r) % 10, pixels f, r. */
async function withFiles(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [f, name] of CIFAR10_FILES.entries()) {
      const bytes = new Uint8Array(3 * RECORD).fill(f);
      for (let r = 0; r < 3; r++) bytes.set([(3 * f + r) % 10, r], r * RECORD);
      await Deno.writeFile(join(folder, name), bytes);
    }
    await Deno.writeTextFile(join(folder, "batches.meta.txt"), NAMES.join("\n") + "\n\n");
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const small = { recordsPerFile: 3 };

Deno.test("cifar10() reads the records of all files in order", () =>
  withFiles(async (folder) => {
    const { name, train, test, files } = await cifar10(folder, small);
    assertEquals(name, "CIFAR-10 (unrecognised copy)");
    assertEquals([train.count, test.count, train.height, train.classNames[9]], [15, 3, 32, "truck"]);
    assertEquals([...train.labels], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4]);
    assertEquals([...test.labels], [5, 6, 7]);
    const image = train.images.subarray(7 * 3072, 8 * 3072);
    assertEquals([image[0], image[1], image[3071]], [1, 2, 2]);
    assertEquals(Object.keys(files!), [...CIFAR10_FILES]);
  }));

Deno.test("cifar10() takes the first images where a size is given", () =>
  withFiles(async (folder) => {
    const all = await cifar10(folder, small);
    const some = await cifar10(folder, { ...small, trainSize: 4, testSize: 1 });
    assertEquals(some.train.images, all.train.images.subarray(0, 4 * 3072));
    assertEquals([...some.train.labels, ...some.test.labels], [0, 1, 2, 3, 5]);
    assertEquals(some.files, all.files);
    const tooMany = () => cifar10(folder, { ...small, trainSize: 16 });
    await assertRejects(tooMany, RangeError, "it has 15 training images, 16 were asked for");
    await assertRejects(
      () => cifar10(folder, { ...small, testSize: 0 }),
      RangeError,
      "it has 3 test images, 0 were",
    );
  }));

Deno.test("cifar10() finds the sub-folder of the official archive", () =>
  withFiles(async (folder) => {
    const inner = join(folder, "cifar-10-batches-bin");
    await Deno.mkdir(inner);
    for (const name of [...CIFAR10_FILES, "batches.meta.txt"]) {
      await Deno.rename(join(folder, name), join(inner, name));
    }
    assertEquals((await cifar10(folder, small)).train.count, 15);
  }));

Deno.test("cifar10() names the file that is cut short, too long or missing", () =>
  withFiles(async (folder) => {
    const path = join(folder, "data_batch_3.bin");
    const whole = await Deno.readFile(path);
    const size = `Cannot read ${path}: it must hold 3 records of 3073 bytes, 9219 bytes`;
    await Deno.writeFile(path, whole.subarray(0, 9000));
    await assertRejects(() => cifar10(folder, small), RangeError, `${size}, it is cut short, 9000 bytes`);
    await Deno.writeFile(path, new Uint8Array(9220));
    await assertRejects(() => cifar10(folder, small), RangeError, `${size}, it is too long, 9220 bytes`);
    await Deno.remove(path);
    await Deno.remove(join(folder, "batches.meta.txt"));
    await assertRejects(
      () => cifar10(folder, small),
      RangeError,
      "it lacks data_batch_3.bin, batches.meta.txt\nHint:",
    );
    await assertRejects(
      () => cifar10(join(folder, "no")),
      RangeError,
      "no such file or folder\nHint: deno task data",
    );
  }));

Deno.test("cifar10() names the record whose label has no class", () =>
  withFiles(async (folder) => {
    const path = join(folder, "test_batch.bin");
    const bytes = await Deno.readFile(path);
    bytes[2 * RECORD] = 10;
    await Deno.writeFile(path, bytes);
    const message = `Cannot read ${path}: labels are 0 to 9, record 2 has 10`;
    await assertRejects(() => cifar10(folder, small), RangeError, message);
  }));

Deno.test("cifar10() has another hash where the class names are other ones", () =>
  withFiles(async (folder) => {
    const { sha256 } = await cifar10(folder, small);
    await Deno.writeTextFile(join(folder, "batches.meta.txt"), NAMES.join("\n").replace("cat", "cAt"));
    assertNotEquals((await cifar10(folder, small)).sha256, sha256);
  }));

Deno.test("cifar10() rejects a list of class names that is not ten names", () =>
  withFiles(async (folder) => {
    await Deno.writeTextFile(join(folder, "batches.meta.txt"), "cat\ndog\n");
    await assertRejects(
      () => cifar10(folder, small),
      SyntaxError,
      "must hold 10 different class names, one a line",
    );
  }));

Deno.test("recogniseCifar10() knows a release only by all of its files", () => {
  const official = [
    "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
  ];
  assertEquals(recogniseCifar10(official).name, "CIFAR-10");
  assertEquals(recogniseCifar10(official.toReversed()).name, "CIFAR-10 (unrecognised copy)");
});

const unpacked = Deno.env.get("REALFEATURES_CIFAR10") ?? "";

Deno.test({
  name: `cifar10() names the copy in REALFEATURES_CIFAR10${
    unpacked ? "" : " (ignored: the variable is not set)"
  }`,
  ignore: unpacked === "",
  fn: async () => {
    const { name, train, test } = await cifar10(unpacked, { trainSize: 1000 });
    assertEquals(["CIFAR-10", "CIFAR-10 (JPEG re-encoding)"].includes(name), true);
    assertEquals([train.count, test.count], [1000, 10_000]);
    assertEquals([...test.labels].filter((label) => label === 3).length, 1000);
  },
});
