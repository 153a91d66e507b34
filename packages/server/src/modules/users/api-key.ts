/** What an API key may do: read; append to runs; write everything; administer. Each includes the ones before it. */
export const API_KEY_SCOPES = ["read", "append", "write", "admin"] as const;

/** One of the scopes. */
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A stored API key; its text is known only as a hash. */
export interface ApiKey {
  readonly id: number;
  readonly userId: number;
  /** First and last characters with the middle left out. */
  readonly mask: string;
  readonly description: string | null;
  readonly scope: ApiKeyScope;
  /** The only project that the key may touch; null for all. */
  readonly projectId: number | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

/** A key as it is shown: with its text the one time that it is told, and otherwise with its mask. */
export interface ShownApiKey {
  readonly key: ApiKey;
  readonly text: string | null;
}
