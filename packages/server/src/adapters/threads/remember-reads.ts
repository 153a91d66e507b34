// Remembers what a service of another thread answered for as long as nothing changes: the questions that every request
// asks (whose project is this, who may write to it) then cost no message.
import type { SharedVersion } from "./shared-version.ts";

const maxAnswers = 10_000;

interface Answer {
  readonly version: number;
  readonly value: Promise<unknown>;
}

/**
 * The service, with answers of the methods `reads` remembered until `version` grows. It must grow before a change is
 * made and not only after it: then an answer that the change has overtaken is asked for again. Answers are shared, so
 * nobody may change them; failures are not remembered.
 */
export function rememberReads<Service extends object>(
  service: Service,
  reads: readonly (keyof Service & string)[],
  version: SharedVersion,
): Service {
  const methods = new Map<PropertyKey, unknown>(
    reads.map((name) => [name, remember(service, name, version)]),
  );
  return new Proxy(service, {
    get(target, key) {
      let method = methods.get(key);
      if (method === undefined) {
        const found: unknown = Reflect.get(target, key);
        if (typeof found !== "function") return found;
        method = forward(target, found);
        methods.set(key, method);
      }
      return method;
    },
  });
}

function forward(service: object, method: CallableFunction): (argument: unknown) => unknown {
  return (argument): unknown => Reflect.apply(method, service, [argument]);
}

function remember(
  service: object,
  name: string,
  version: SharedVersion,
): (argument: unknown) => Promise<unknown> {
  const method: unknown = Reflect.get(service, name);
  if (typeof method !== "function") throw new Error(`expected a method "${name}"`);
  const answers = new Map<string, Answer>();
  return (argument) => {
    const question = JSON.stringify(argument);
    const now = version.value;
    const known = answers.get(question);
    if (known?.version === now) return known.value;
    if (answers.size >= maxAnswers) answers.clear();
    const value: Promise<unknown> = Promise.resolve(Reflect.apply(method, service, [argument]));
    answers.set(question, { version: now, value });
    value.catch(() => answers.delete(question));
    return value;
  };
}
