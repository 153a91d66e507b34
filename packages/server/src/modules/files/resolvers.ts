/** Files as the schema shows them, whether of runs or artifacts, and the mutations of run files. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { Resolvers } from "../../generated/schema-types.ts";

/** Resolvers of files. */
export const fileResolvers: Pick<Resolvers, "Mutation" | "File" | "FileConnection"> = {
  Mutation: {
    createRunFiles: async (_parent, { input }, { caller, services, baseUrl }) => {
      const { run, files } = await services.files.announce(caller, input, { names: input.files, baseUrl });
      return { runID: encodeGlobalId("Run", run.projectId, run.runId), uploadHeaders: [], files };
    },
    markRunFilesUploaded: async (_parent, { input }, { caller, services }) => ({
      success: await services.files.areUploaded(caller, input, input.files),
    }),
    deleteFiles: async (_parent, { input }, { caller, services }) => {
      await services.files.delete(caller, input.files);
      return { success: true };
    },
  },
  File: {
    displayName: (file) => file.name,
    url: (file, { upload }) => (upload === true ? file.uploadUrl() : file.url()),
    directUrl: (file) => file.directUrl(),
    uploadUrl: (file) => file.uploadUrl(),
    uploadMultipartUrls: async (file) => {
      const upload = await file.uploadParts();
      return upload && { uploadID: upload.uploadId, uploadUrlParts: [...upload.parts] };
    },
  },
  FileConnection: {
    uploadHeaders: () => [],
  },
};
