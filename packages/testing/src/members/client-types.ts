/** What the client's door exports, as the compiler sees it: the public members of its classes and interfaces. */
import { join } from "node:path";

import ts from "typescript";

const CLIENT = join(import.meta.dirname, "../../../client");

/** An exported class or interface. */
export interface ExportedType {
  readonly kind: "class" | "interface";
  /** Names of public members, static ones included, with `()` for methods; `constructor` for classes. */
  readonly members: ReadonlySet<string>;
}

/**
 * Reads the exported classes and interfaces of the client by the compiler.
 *
 * @throws {Error} when the client does not compile far enough to have a door.
 */
export function readClientTypes(): ReadonlyMap<string, ExportedType> {
  const configFile = join(CLIENT, "tsconfig.json");
  const config: unknown = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, CLIENT);
  const door = join(CLIENT, "src/index.ts");
  const program = ts.createProgram([door], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(door);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${door} exports nothing`);
  const types = new Map<string, ExportedType>();
  for (const exported of checker.getExportsOfModule(module)) {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    const type = describe(symbol, checker);
    if (type !== undefined) types.set(exported.name, type);
  }
  return types;
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker): ExportedType | undefined {
  const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
  if (!isClass && (symbol.flags & ts.SymbolFlags.Interface) === 0) return undefined;
  const instance = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
  const statics = isClass ? checker.getTypeOfSymbol(symbol).getProperties() : [];
  const all = [...instance, ...statics].filter(isPublic);
  const constructor = isClass ? ["constructor"] : [];
  return { kind: isClass ? "class" : "interface", members: new Set([...all.map(nameOf), ...constructor]) };
}

/** Private names, `protected`, `@internal` and a class's `prototype` are nobody's business. */
function isPublic(member: ts.Symbol): boolean {
  const isHidden = (member.declarations ?? []).some(
    (node) =>
      (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Protected | ts.ModifierFlags.Private)) !== 0,
  );
  const isInternal = member.getJsDocTags().some(({ name }) => name === "internal");
  return !isHidden && !isInternal && !member.name.startsWith("#") && member.name !== "prototype";
}

/** Well-known symbols have names like `__@iterator@123`. */
function nameOf(member: ts.Symbol): string {
  const name = member.name.replace(/^__@(\w+)@\d+$/, "[Symbol.$1]");
  return (member.flags & ts.SymbolFlags.Method) === 0 ? name : `${name}()`;
}
