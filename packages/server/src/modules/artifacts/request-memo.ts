/** Values that many fields of one answer need, loaded once a request. */
export class RequestMemo<Value> {
  readonly #requests: WeakMap<object, Map<string, Promise<Value>>> = new WeakMap();

  /** The value of a key, loaded when this request asks for it first. Failures are kept as well. */
  get(request: object, key: string, load: () => Promise<Value>): Promise<Value> {
    let values = this.#requests.get(request);
    if (values === undefined) {
      values = new Map();
      this.#requests.set(request, values);
    }
    let value = values.get(key);
    if (value === undefined) {
      value = load();
      values.set(key, value);
    }
    return value;
  }
}
