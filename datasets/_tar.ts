/** Reads the regular files of an uncompressed tar archive (ustar), one by one. Other entries are skipped. */

/** A file of the archive. */
export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;

/**
 * Yields the files of a tar stream in order, holding one in memory at a time.
 *
 * @throws {SyntaxError} If a header's checksum is wrong or the archive is cut short.
 * @throws {RangeError} If a file is larger than `maxFileBytes`.
 */
export async function* readTar(
  stream: ReadableStream<Uint8Array>,
  { maxFileBytes = 2 ** 30 } = {},
): AsyncGenerator<TarFile> {
  const take = exactReader(stream);
  while (true) {
    const header = await take(BLOCK);
    if (header.length === 0 || header.every((byte) => byte === 0)) return;
    checkHeader(header);
    const name = text(header, 0, 100);
    const size = parseInt(text(header, 124, 12), 8);
    if (!(size <= maxFileBytes)) {
      throw new RangeError(
        `Cannot read tar archive: ${name} claims ${size} bytes, the limit is ${maxFileBytes}`,
      );
    }
    const content = await take(Math.ceil(size / BLOCK) * BLOCK);
    if (content.length < size) {
      throw new SyntaxError(
        `Cannot read tar archive: it is cut short in ${name}, ${content.length} of ${size} bytes`,
      );
    }
    const kind = text(header, 156, 1);
    if (kind === "" || kind === "0") yield { name, bytes: content.subarray(0, size) };
  }
}

/** The checksum is the sum of all header bytes, its own field taken as spaces. */
function checkHeader(header: Uint8Array): void {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (header.length < BLOCK || parseInt(text(header, 148, 8), 8) !== sum) {
    throw new SyntaxError("Cannot read tar archive: a file header is damaged or this is no tar archive");
  }
}

/** A field up to its first zero byte. */
function text(header: Uint8Array, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
}

/** A function that returns the next `length` bytes of a stream, fewer only at its end. */
function exactReader(stream: ReadableStream<Uint8Array>): (length: number) => Promise<Uint8Array> {
  const reader = stream.getReader();
  let rest: Uint8Array = new Uint8Array(0);
  return async (length) => {
    const out = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (rest.length === 0) {
        const { value, done } = await reader.read();
        if (done) break;
        rest = value;
      }
      const part = rest.subarray(0, length - filled);
      out.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
    return out.subarray(0, filled);
  };
}
