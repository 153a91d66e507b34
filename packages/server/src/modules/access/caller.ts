import type { ApiKeyScope } from "../users/api-key.ts";
import type { User } from "../users/user.ts";

/** Who asks. Every service method is given one and checks it. */
export type Caller =
  | { readonly kind: "anonymous" }
  | {
      readonly kind: "user";
      readonly user: User;
      readonly scope: ApiKeyScope;
      /** The only project that the caller's key may touch; null for all. */
      readonly onlyProjectId: number | null;
    };

/** The caller of requests without valid credentials. */
export const ANONYMOUS: Caller = { kind: "anonymous" };
