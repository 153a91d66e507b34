/** The secrets of an entity, which webhooks use by name. An addition of Steelyard's. */
import type { ReadOptions } from "../../core/paginator.ts";
import type { IntegrationsPlace } from "./integrations.ts";

/** A secret without its value, which nobody is ever shown. */
export interface Secret {
  /** Name, unique in the entity. */
  readonly name: string;
  /** When it was first set. */
  readonly createdAt: Date;
  /** When it was last set. */
  readonly updatedAt: Date;
}

/** The secrets of an entity: which there are, and setting and deleting them. */
export class Secrets {
  readonly #place: IntegrationsPlace;

  /** @internal */
  constructor(place: IntegrationsPlace) {
    this.#place = place;
  }

  /** Which secrets there are. @throws {UnsupportedError} when the server tells of none, as for all here. */
  async list(options: ReadOptions = {}): Promise<readonly Secret[]> {
    const { listSecrets } = await import("./edit-secrets.ts");
    const { service, entity } = await this.#place();
    return listSecrets(service, entity, options);
  }

  /** Sets a secret, or another value for one. @throws {ValueError} for a name of other signs than letters, digits, _. */
  async set(name: string, value: string, options: ReadOptions = {}): Promise<void> {
    const { setSecret } = await import("./edit-secrets.ts");
    const { service, entity } = await this.#place();
    await setSecret(service, { entityName: entity, name, value }, options);
  }

  /** Deletes a secret. @throws {NotFoundError} when there is none of that name. */
  async delete(name: string, options: ReadOptions = {}): Promise<void> {
    const { deleteSecret } = await import("./edit-secrets.ts");
    const { service, entity } = await this.#place();
    await deleteSecret(service, { entityName: entity, name }, options);
  }
}
