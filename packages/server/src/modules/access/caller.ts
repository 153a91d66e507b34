import type { ApiKeyScope } from "../users/api-key.ts";
import type { User } from "../users/user.ts";

/** Who asks. Every service method is given one and checks it. */
export type Caller = AnonymousCaller | UserCaller;

/** Someone without credentials. */
export interface AnonymousCaller {
  readonly kind: "anonymous";
}

/** A signed-in user, limited to what the API key in use allows. */
export interface UserCaller {
  readonly kind: "user";
  readonly user: User;
  readonly scope: ApiKeyScope;
  /** The only project that the caller's key may touch; null for all. */
  readonly onlyProjectId: number | null;
  /** When the caller's key ends, so that keys made with it end no later. @default never */
  readonly expiresAt?: string | null;
}

/** The caller of requests without valid credentials. */
export const ANONYMOUS: AnonymousCaller = { kind: "anonymous" };
