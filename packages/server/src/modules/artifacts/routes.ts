/**
 * Downloads of artifact files with credentials, by the addresses that clients make themselves when a signed one has
 * failed. Some parts of them may be empty or unescaped, so the digest is what counts.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ServerError } from "../../errors.ts";
import type { RouteParts } from "../../transport/context.ts";
import type { Caller } from "../access/caller.ts";
import type { OpenBlob } from "../files/blob-service.ts";
import { sendBlob } from "../files/routes/send-blob.ts";

interface EntityParams {
  readonly entity: string;
  readonly digest: string;
}

interface ManifestParams {
  readonly entity: string;
  readonly id: string;
}

interface CollectionParams {
  readonly entity: string;
  readonly project: string;
  readonly collection: string;
  /** `[artifact id/]birth artifact id/digest/file name`. */
  readonly "*": string;
}

const HEX_DIGEST = /^[0-9a-f]{32}$/;
const ID = /^\d{1,15}$/;

/** Adds the routes. */
export function artifactRoutes(app: FastifyInstance, { services, contextOf }: RouteParts): void {
  const method = ["GET", "HEAD"];
  const { files } = services.artifacts;
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    open: (caller: Caller) => Promise<OpenBlob | undefined>,
  ): Promise<FastifyReply> => {
    const { caller } = await contextOf(request);
    const blob = await open(caller);
    if (blob !== undefined) return sendBlob(request, reply, blob);
    if (caller.kind === "user") throw new ServerError("not_found", "There is no such file that you may see");
    void reply.header("www-authenticate", 'Basic realm="api"');
    throw new ServerError("unauthenticated", "Sign in with an API key to see this file");
  };

  app.route<{ Params: EntityParams }>({
    method,
    url: "/artifacts/:entity/:digest",
    handler: (request, reply) => {
      const { entity, digest } = request.params;
      const file = { hexDigest: digest, fileName: digest };
      return answer(request, reply, (caller) => files.openInEntity(caller, entity, file));
    },
  });
  app.route<{ Params: ManifestParams }>({
    method,
    url: "/artifacts/:entity/manifests/:id",
    handler: (request, reply) => {
      const { id } = request.params;
      const manifestId = ID.test(id) ? Number(id) : -1;
      return answer(request, reply, (caller) => files.openManifest(caller, manifestId));
    },
  });
  app.route<{ Params: CollectionParams }>({
    method,
    url: "/artifactsV2/:region/:entity/:project/:collection/*",
    handler: (request, reply) => {
      const {
        entity: entityName,
        project: projectName,
        collection: collectionName,
        "*": rest,
      } = request.params;
      const segments = rest.split("/");
      const at = segments.findIndex((segment) => HEX_DIGEST.test(segment));
      const file = { hexDigest: segments[at] ?? "", fileName: segments.at(-1) ?? "" };
      const place = { entityName, projectName, collectionName };
      return answer(request, reply, (caller) => files.openInCollection(caller, place, file));
    },
  });
}
