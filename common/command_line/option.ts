/** Options of commands: one declaration gives parser, check, default, help and reference, and the type of the value. */

/** The type of an option's value. */
export interface OptionType<T> {
  /** For the reference: "a whole number from 1 to 9999". */
  readonly description: string;
  /**
   * The value in a text.
   *
   * @throws {OptionFault} If the text is not such a value.
   */
  readonly read: (text: string) => T;
  /**
   * Checks a value that a program gives.
   *
   * @throws {OptionFault} If it is out of range.
   */
  readonly check: (value: T) => void;
  /** The text that `read` takes for a value. */
  readonly write: (value: T) => string;
}

/** "min-sample-ms" as a property: "minSampleMs". */
export type Camel<N extends string> = N extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : N;

interface Named<N extends string, P extends string> {
  /** As typed, without the dashes. */
  readonly name: N;
  /** As a function has it. Default: the name in camel case. */
  readonly property: P;
  readonly help: string;
  /** One letter. */
  readonly alias?: string;
  /** An earlier name, which is refused with this one. */
  readonly renamedFrom?: string;
  /** Property of another option that this one cannot be without. */
  readonly needs?: string;
}

/** An option with a value. */
export interface ValueOption<
  N extends string = string,
  P extends string = string,
  // deno-lint-ignore no-explicit-any -- an option of any type
  T = any,
  D = unknown,
  R extends boolean = boolean,
> extends Named<N, P> {
  /** Placeholder of the value in the help: "FILE". */
  readonly value: string;
  readonly type: OptionType<T>;
  readonly default: D;
  /** The default in words, where it depends on something: "runs/perf-TIME.json". */
  readonly defaultText?: string;
  /** Whether the command cannot do without. */
  readonly required: R;
}

/** An option that is there or not. */
export interface FlagOption<N extends string = string, P extends string = string> extends Named<N, P> {
  readonly type: null;
}

/** Any option. */
export type Option = ValueOption | FlagOption;

/** Declares an option with a value. */
export function option<
  const N extends string,
  T,
  const D extends T | undefined = undefined,
  const P extends string = Camel<N>,
  const R extends boolean = false,
>(
  declared: Omit<ValueOption<N, P, T, D, R>, "property" | "default" | "required"> & {
    readonly property?: P;
    readonly default?: D;
    readonly required?: R;
  },
): ValueOption<N, P, T, D, R> {
  const { property = camel(declared.name) as P, default: value = undefined as D } = declared;
  return { ...declared, property, default: value, required: (declared.required ?? false) as R };
}

/** Declares an option that is there or not. */
export function flag<const N extends string, const P extends string = Camel<N>>(
  declared: Omit<FlagOption<N, P>, "property" | "type"> & { readonly property?: P },
): FlagOption<N, P> {
  const { property = camel(declared.name) as P } = declared;
  return { ...declared, property, type: null };
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The type of the value of an option. */
export type ValueOf<O extends Option> = O extends { readonly type: OptionType<infer T> } ? T : boolean;

type RequiredOf<O extends Option> = O extends { readonly required: true } ? O : never;

/** Options as read from arguments: required ones are there, of the others some. */
export type GivenOptions<T extends readonly Option[]> =
  & { readonly [O in RequiredOf<T[number]> as O["property"]]: ValueOf<O> }
  & { readonly [O in Exclude<T[number], RequiredOf<T[number]>> as O["property"]]?: ValueOf<O> };

/** Options as a program gives them: null counts as absent. */
export type Nullable<T extends readonly Option[]> = {
  readonly [P in keyof GivenOptions<T>]: GivenOptions<T>[P] | null;
};

/** Options with their defaults: null where there is neither value nor default, false where a flag is absent. */
export type Complete<T extends readonly Option[]> = {
  readonly [O in T[number] as O["property"]]: O extends FlagOption ? boolean
    : O extends { readonly required: true } ? ValueOf<O>
    : O extends { readonly default: undefined } ? ValueOf<O> | null
    : ValueOf<O>;
};
