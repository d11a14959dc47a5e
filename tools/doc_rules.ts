/** Finds missing docstrings in the public face of a module. See {@linkcode docProblems}.
 *
 * @module
 */

/** The part of `deno doc --json` that we read, for one module. */
export interface ModuleDoc {
  /** The comment with `@module` at the top of the file. */
  module_doc?: JsDoc;
  /** The exports of the module, its own or another file's. */
  symbols: SymbolDoc[];
}

/** An exported name. A function with overloads has several declarations. */
export interface SymbolDoc {
  /** The name under which it is exported. */
  name: string;
  /** Its declarations. */
  declarations: Declaration[];
}

interface JsDoc {
  doc?: string;
  tags?: { kind: string }[];
}

interface Declaration {
  location: Location;
  declarationKind: string;
  kind: string;
  jsDoc?: JsDoc;
  def?: { methods?: Method[] };
}

interface Method {
  name: string;
  accessibility?: string;
  isOverride?: boolean;
  jsDoc?: JsDoc;
  location?: Location;
}

interface Location {
  filename: string;
  line: number;
}

/** Finds what a reader of the documentation would miss: a module without a description, an exported name without a
 * docstring, a public method of an exported class without one. One documented overload is enough. Names that a package
 * declares are the package's own affair.
 *
 * @param path The module's path, for the messages.
 * @param doc What Deno knows of it.
 * @returns One line per problem.
 */
export function docProblems(path: string, doc: ModuleDoc): string[] {
  const problems: string[] = [];
  if (!isText(doc.module_doc)) {
    problems.push(`${path} Cannot document the module: no comment with @module at its top`);
  }
  for (const { name, declarations } of doc.symbols) {
    const ours = declarations.filter((one) => one.declarationKind === "export" && isOurs(one.location));
    if (ours.length === 0) continue;
    if (!ours.some((one) => isText(one.jsDoc) && !isModuleDoc(one.jsDoc))) {
      problems.push(
        `${place(ours[0].location)} Cannot document ${name}: no docstring, it is exported by ${path}`,
      );
    }
    for (const method of ours.flatMap(undocumentedMethods)) {
      const where = place(method.location ?? ours[0].location);
      problems.push(
        `${where} Cannot document ${name}.${method.name}: no docstring, it is exported by ${path}`,
      );
    }
  }
  return problems;
}

function undocumentedMethods({ kind, def }: Declaration): Method[] {
  if (kind !== "class") return [];
  const methods = (def?.methods ?? []).filter((one) => one.accessibility === undefined && !one.isOverride);
  const documented = new Set(methods.filter((one) => isText(one.jsDoc)).map((one) => one.name));
  return methods.filter((one, i) =>
    !one.name.startsWith("[") && !documented.has(one.name) &&
    methods.findIndex((other) => other.name === one.name) === i
  );
}

function isText(jsDoc: JsDoc | undefined): boolean {
  return (jsDoc?.doc ?? "").trim() !== "";
}

/** Deno also gives the comment at the top of a file to the first statement, if nothing else stands between them. */
function isModuleDoc(jsDoc: JsDoc | undefined): boolean {
  return jsDoc?.tags?.some((tag) => tag.kind === "module") ?? false;
}

function isOurs({ filename }: Location): boolean {
  return filename.startsWith("file:") && !filename.includes("/npm/");
}

function place({ filename, line }: Location): string {
  return `${filename}:${line + 1}`;
}
