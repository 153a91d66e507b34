import { describeArtifactStore } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlArtifactStore } from "./sql-artifact-store.ts";

describeArtifactStore("SqlArtifactStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  return { store: new SqlArtifactStore(database), close: () => database.close() };
});
