/** `--variants`: how to choose among an operation's variants. */
import { asUsageError, option, OptionFault, type OptionType } from "../../common/command_line/mod.ts";
import { suggest } from "../../common/nearest.ts";
import { VARIANT_OPS, variantNames } from "./known_variants.ts";

/** How an operation's variant is chosen where it has several, all of the same bits. */
export interface Variants {
  /**
   * `fixed`: the best guess. `timed`: what is fastest here; timings are kept from run to run. `auto`: timed on hardware,
   * fixed on a software adapter, where the guesses were made by timing and shaders take long to compile.
   */
  readonly rule: "auto" | "fixed" | "timed";
  /** Pinned variants by operation, used wherever a shape offers them. */
  readonly pins: Readonly<Record<string, string>>;
}

/** Environment variables by name. */
export type Env = (name: string) => string | undefined;

/** The option, for the commands that open a device. */
export const VARIANTS_OPTION = option({
  name: "variants",
  renamedFrom: "choices",
  value: "fixed|timed|OP=NAME,...",
  type: {
    description: "fixed, timed or pins such as conv2d=2x4x8, with commas between",
    read: (text) => readVariants(text),
    check() {},
    write: ({ rule, pins }) =>
      [...rule === "auto" ? [] : [rule], ...Object.entries(pins).map(([op, name]) => `${op}=${name}`)].join(
        ",",
      ),
  } satisfies OptionType<Variants>,
  defaultText: "timed on hardware; fixed on a software adapter, or where CI is set",
  help: "how to choose among the variants of an operation, all of the same bits",
});

/** What holds where the option is absent. */
export function defaultVariants(env: Env = Deno.env.get): Variants {
  return { rule: env("CI") ? "fixed" : "auto", pins: {} };
}

/**
 * Reads the option: `fixed`, `timed`, pins such as `conv2d=2x4x8`, or both with commas between them.
 *
 * @param text As typed; null where the option is absent.
 * @throws {UsageError} If an operation has no variants or none of that name, or a rule or a pin is given twice.
 */
export function parseVariants(text: string | null, env: Env = Deno.env.get): Variants {
  if (text === null) return defaultVariants(env);
  try {
    return readVariants(text, env);
  } catch (error) {
    throw asUsageError(error, { option: "option variants", given: text });
  }
}

function readVariants(text: string, env: Env = Deno.env.get): Variants {
  let rule: Variants["rule"] | null = null;
  const pins: Record<string, string> = {};
  for (const part of text.split(",")) {
    if (part === "fixed" || part === "timed") {
      if (rule !== null) throw new OptionFault("one of fixed and timed is enough");
      rule = part;
      continue;
    }
    const [, op, name] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    if (op === undefined) throw new OptionFault(`"${part}" is neither fixed, timed nor OP=NAME`);
    const ops = VARIANT_OPS.map(({ name }) => name);
    if (!ops.includes(op)) throw new OptionFault(`unknown operation ${op}, ${suggest(op, ops)}`);
    const names = variantNames(op);
    if (!names.includes(name)) throw new OptionFault(`${op} has no variant ${name}, ${suggest(name, names)}`);
    if (Object.hasOwn(pins, op)) throw new OptionFault(`${op} is pinned twice`);
    pins[op] = name;
  }
  return { rule: rule ?? defaultVariants(env).rule, pins };
}
