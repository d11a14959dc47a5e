/** YAML that people write for commands: presets and thresholds. What would take long, or memory, is refused first. */
import { parse } from "@std/yaml";

/** The largest text, in characters, ten times our largest preset: the parser takes time in the square of a mapping's keys. */
export const MAX_YAML = 32_768;

/** The deepest nesting; presets have four levels. */
const MAX_LEVELS = 32;

/** Maximum number of values; those behind aliases are counted as often as they are used. */
const MAX_VALUES = 10_000;

/**
 * Reads one YAML document.
 *
 * @throws {SyntaxError} If it is not YAML, holds several documents or a key twice, or is too large, too deep or, by its
 * aliases, endless. The message is a reason alone: "it holds several documents, ...".
 */
export function readYaml(text: string): unknown {
  if (text.length > MAX_YAML) {
    throw new SyntaxError(`it is too large, ${text.length} characters, at most ${MAX_YAML} are read`);
  }
  checkNesting(text);
  const value = parseOne(text);
  checkValues(value);
  return value;
}

/** Refuses depths that the parser would not return from; brackets in texts and comments do not count. */
function checkNesting(text: string): void {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?<=^|\s)#.*$/gm, "");
  const depths = [...bare.matchAll(/[[{\]}]/g)].map(([bracket]) => "[{".includes(bracket) ? 1 : -1);
  let depth = 0;
  const deepest = depths.reduce((max, step) => Math.max(max, depth = Math.max(0, depth + step)), 0);
  const inline = Math.max(
    0,
    ...[...bare.matchAll(/(?:[-?][ \t]+)+/g)].map(([run]) => run.split(/[ \t]+/).length - 1),
  );
  if (Math.max(deepest, inline) > MAX_LEVELS) throw tooDeep();
}

function tooDeep(): SyntaxError {
  return new SyntaxError(`it is nested too deeply, at most ${MAX_LEVELS} levels are read`);
}

function parseOne(text: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch (cause) {
    const { code } = cause as { code?: unknown },
      message = cause instanceof Error ? cause.message : String(cause);
    const place = /\bat (line \d+)/.exec(message)?.[1];
    const where = place === undefined ? "" : `, ${place}`;
    if (code === "MULTIPLE_DOCS") {
      throw new SyntaxError(`it holds several documents, one is read${where}`, { cause });
    }
    if (code === "DUPLICATE_KEY") throw new SyntaxError(`a key occurs twice${where}`, { cause });
    if (cause instanceof RangeError) throw tooDeep();
    throw new SyntaxError(`it is not valid YAML, ${message.split("\n")[0].replace(/[.:]+$/, "")}`, { cause });
  }
}

/** Walks over what was read as often as aliases make it appear. */
function checkValues(root: unknown): void {
  let values = 0;
  const walk = (value: unknown, level: number): void => {
    if (++values > MAX_VALUES) {
      throw new SyntaxError(`it holds too many values, at most ${MAX_VALUES} are read`);
    }
    if (typeof value !== "object" || value === null) return;
    if (level > MAX_LEVELS) throw tooDeep(); // also where an alias stands within its own anchor
    for (const inner of Object.values(value)) walk(inner, level + 1);
  };
  walk(root, 0);
}
