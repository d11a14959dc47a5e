/**
 * The template step between a `.wgsl` file and the kernel: constants, unrolled blocks, the entry point. Directives stand
 * on lines of their own:
 *
 * ```text
 * #for p in 0..P        repeats the block with ${p} = 0 … P-1
 * #if COND … #else …    keeps one branch
 * #index i < COUNT      the entry point `main`: the block runs for i = 0 … COUNT-1, one invocation each, in workgroups
 *                       of 64 on a grid that may be folded (`splitGrid`). Without a bound, the block guards itself
 * #end                  closes any of these
 * #input 0 x            stays: the program declares binding 0 and `fn x(i: u32) -> vec4<f32>` over it
 * #output 1 y           stays: the program declares binding 1 and `fn set_y(i: u32, v: vec4<f32>)` over it
 * ${expression}         a number: + - * / % == < > ( ) over constants and loop variables
 * ${NAME}               a text define
 * ```
 */

/** Values of a template. */
export interface TemplateValues {
  /** Integers, usable in directives, and as `const NAME: u32` in the shader. */
  readonly consts?: Readonly<Record<string, number>>;
  /** Pieces of text for `${NAME}`. */
  readonly text?: Readonly<Record<string, string>>;
  /** Functions-only files put in front. */
  readonly include?: readonly string[];
}

type Names = Record<string, number>;
type Block = { line: string } | { head: string; body: Block[]; otherwise: Block[] };

/**
 * Fills a shader template: declares `consts` at its top and expands directives.
 *
 * @throws {SyntaxError} If a directive is unknown, not closed or closed twice, or an expression cannot be read or
 * names an unknown constant.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fillTemplate } from "./template.ts";
 *
 * const source = "#for p in 0..P\nsum += x[${p * 2}];\n#end";
 * assertEquals(fillTemplate(source, { consts: { P: 2 } }), "const P: u32 = 2u;\nsum += x[0];\nsum += x[2];");
 * ```
 */
export function fillTemplate(source: string, values: TemplateValues = {}): string {
  const consts = values.consts ?? {};
  const lines = source.split("\n");
  const [blocks, rest] = parseBlocks(lines, 0);
  if (rest !== lines.length) {
    throw new SyntaxError(
      `Cannot fill template: "${lines[rest].trim()}" without a block to close, line ${rest + 1}`,
    );
  }
  const out: string[] = [...(values.include ?? [])];
  for (const [name, value] of Object.entries(consts)) {
    out.push(`const ${name}: ${value < 0 ? "i32" : "u32"} = ${value}${value < 0 ? "" : "u"};`);
  }
  emit(blocks, { ...consts }, values, out);
  return out.join("\n");
}

function parseBlocks(lines: string[], start: number): [Block[], number] {
  const blocks: Block[] = [];
  let i = start;
  while (i < lines.length) {
    const word = /^\s*#(\w+)/.exec(lines[i])?.[1];
    if (word === "end" || word === "else") return [blocks, i];
    if (word === "for" || word === "if" || word === "index") {
      const head = lines[i].trim();
      let [body, at] = parseBlocks(lines, i + 1);
      let otherwise: Block[] = [];
      if (word === "if" && lines[at]?.trim() === "#else") [otherwise, at] = parseBlocks(lines, at + 1);
      if (lines[at]?.trim() !== "#end") {
        throw new SyntaxError(`Cannot fill template: "${head}" is not closed by "#end", line ${i + 1}`);
      }
      blocks.push({ head, body, otherwise });
      i = at + 1;
    } else if (word !== undefined && word !== "input" && word !== "output") {
      throw new SyntaxError(`Cannot fill template: unknown directive "#${word}", line ${i + 1}`);
    } else blocks.push({ line: lines[i++] });
  }
  return [blocks, i];
}

function emit(blocks: Block[], names: Names, values: TemplateValues, out: string[]): void {
  for (const block of blocks) {
    if ("line" in block) out.push(emitLine(block.line, names, values));
    else if (block.head.startsWith("#index")) {
      out.push(...entryPoint(emitLine(block.head, names, values)));
      emit(block.body, names, values, out);
      out.push("}");
    } else if (block.head.startsWith("#if")) {
      emit(evaluate(block.head.slice(3), names) !== 0 ? block.body : block.otherwise, names, values, out);
    } else {
      const match = /^#for (\w+) in (.+)\.\.(.+)$/.exec(block.head);
      if (!match) {
        throw new SyntaxError(`Cannot fill template: expected "#for NAME in A..B", got "${block.head}"`);
      }
      const [from, to] = [evaluate(match[2], names), evaluate(match[3], names)];
      for (let n = from; n < to; n++) emit(block.body, { ...names, [match[1]]: n }, values, out);
    }
  }
}

/** The lines that `#index` stands for. */
function entryPoint(head: string): string[] {
  const match = /^#index (\w+)(?: < (.+))?$/.exec(head);
  if (!match) {
    throw new SyntaxError(
      `Cannot fill template: expected "#index NAME" or "#index NAME < COUNT", got "${head}"`,
    );
  }
  const [, index, count] = match;
  const guard = count === undefined ? [] : [`  if (${index} >= ${count}) { return; }`];
  return [
    "@compute @workgroup_size(64)",
    "fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {",
    `  let ${index} = gid.y * grid.x * 64u + gid.x;`,
    ...guard,
  ];
}

function emitLine(line: string, names: Names, values: TemplateValues): string {
  return line.replace(/\$\{([^}]+)\}/g, (_, expression: string) => {
    const text = values.text?.[expression.trim()];
    return text ?? String(evaluate(expression, names));
  });
}

const PRECEDENCE: Record<string, number> = {
  "==": 1,
  "<": 2,
  ">": 2,
  "+": 3,
  "-": 3,
  "*": 4,
  "/": 4,
  "%": 4,
};

/** Integer arithmetic by precedence climbing; division truncates. */
function evaluate(expression: string, names: Names): number {
  const tokens = expression.match(/\w+|==|[^\s\w]/g) ?? [];
  const unreadable = (token: string | undefined) =>
    new SyntaxError(
      `Cannot fill template: unexpected ${
        token === undefined ? "end" : `"${token}"`
      } in "${expression.trim()}"`,
    );
  let at = 0;
  const primary = (): number => {
    const token = tokens[at++];
    if (token === "(") {
      const value = climb(0);
      if (tokens[at++] !== ")") throw unreadable(tokens[at - 1]);
      return value;
    }
    if (token === "-") return -primary();
    if (token !== undefined && /^\d+$/.test(token)) return Number(token);
    if (token === undefined || !/^\w/.test(token)) throw unreadable(token);
    if (!Object.hasOwn(names, token)) {
      throw new SyntaxError(`Cannot fill template: unknown name "${token}" in "${expression.trim()}"`);
    }
    return names[token];
  };
  const climb = (min: number): number => {
    let left = primary();
    while (at < tokens.length && PRECEDENCE[tokens[at]] > min) {
      const operator = tokens[at++];
      left = apply(operator, left, climb(PRECEDENCE[operator]));
    }
    return left;
  };
  const value = climb(0);
  if (at < tokens.length) throw unreadable(tokens[at]);
  return value;
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return Math.trunc(a / b);
    case "%":
      return a % b;
    case "==":
      return a === b ? 1 : 0;
    case "<":
      return a < b ? 1 : 0;
    default:
      return a > b ? 1 : 0;
  }
}
