/** Downloads of run files with credentials, and the addresses that the server signed. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ServerError } from "../../errors.ts";
import type { RouteParts } from "../../transport/context.ts";
import { sendBlob } from "./routes/send-blob.ts";

interface FileParams {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
  readonly "*": string;
}

interface BlobParams {
  readonly token: string;
}

/** Adds the routes. */
export function fileRoutes(app: FastifyInstance, { services, contextOf }: RouteParts): void {
  readUploadsAsStreams(app);
  const method = ["GET", "HEAD"];
  app.route<{ Params: FileParams }>({
    method,
    url: "/files/:entity/:project/:run/*",
    handler: async (request, reply) => {
      const { entity, project, run, "*": path } = request.params;
      const { caller } = await contextOf(request);
      const address = { entityName: entity, projectName: project, runName: run };
      const blob = await services.files.open(caller, address, path);
      if (blob !== undefined) return sendBlob(request, reply, blob);
      if (caller.kind === "anonymous") {
        void reply.header("www-authenticate", 'Basic realm="api"');
        throw new ServerError("unauthenticated", "Sign in with an API key to see this file");
      }
      throw new ServerError("not_found", `There is no file "${path}" that you may see`);
    },
  });
  app.route<{ Params: BlobParams }>({
    method,
    url: "/blobs/:token/*",
    handler: async (request, reply) =>
      sendBlob(request, reply, await services.blobs.open(request.params.token)),
  });
  app.put<{ Params: BlobParams }>("/blobs/:token/*", async (request, reply) => {
    const grant = services.blobs.verifyUpload(request.params.token);
    const { md5 } = await services.blobs.upload(grant, request.raw, readMd5(request));
    const etag = `"${Buffer.from(md5, "base64").toString("hex")}"`;
    return reply.header("etag", etag).code(200).send();
  });
}

/** An upload may be larger than the memory, so its bytes go from the socket to the disk. */
function readUploadsAsStreams(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
}

function readMd5(request: FastifyRequest): string | undefined {
  const md5 = request.headers["content-md5"];
  return typeof md5 === "string" && md5 !== "" ? md5 : undefined;
}
