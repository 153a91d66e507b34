import {
  describeArtifactCollectionStore,
  describeArtifactRemovalStore,
  describeArtifactStore,
} from "@steelyard/testing/contracts";
import type { ArtifactLivesUnderTest } from "@steelyard/testing/contracts";
import { z } from "zod";
import type { SqliteDatabase } from "../sqlite/database.ts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlArtifactCollectionStore } from "./artifact-collections.ts";
import { SqlArtifactRemovalStore } from "./artifact-removals.ts";
import { SqlArtifactStore } from "./sql-artifact-store.ts";
import { SqlChangeFeed } from "./sql-change-feed.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";
import type { MetadataTables } from "./tables.ts";

describeArtifactStore("SqlArtifactStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  return { store: new SqlArtifactStore(database), close: () => database.close() };
});

/** The project 1 of the entity 1. */
async function createProject(database: SqliteDatabase<MetadataTables>): Promise<void> {
  const now = "2026-01-01T00:00:00.000Z";
  const user = { name: "ann", email: null, isAdmin: false, accountType: "USER" } as const;
  await new SqlUserStore(database).create({ ...user, username: "ann", createdAt: now });
  await new SqlProjectStore(database).upsert({ entityId: 1, name: "p", userId: 1, now });
}

function readBlobKeys({ payload }: { readonly payload: string }): readonly string[] {
  const { blobKeys } = z.object({ blobKeys: z.array(z.string()) }).parse(JSON.parse(payload));
  return blobKeys;
}

async function createLives(): Promise<ArtifactLivesUnderTest> {
  const database = await openTemporaryMetadata();
  const feed = new SqlChangeFeed(database);
  await createProject(database);
  return {
    artifacts: new SqlArtifactStore(database),
    collections: new SqlArtifactCollectionStore(database),
    removals: new SqlArtifactRemovalStore(database),
    deletedBlobs: async () => {
      const events = await feed.read({ afterSeq: 0, limit: 1_000 });
      const keys = events.filter(({ kind }) => kind === "file.deleted").flatMap(readBlobKeys);
      return keys.toSorted();
    },
    close: () => database.close(),
  };
}

describeArtifactCollectionStore("SqlArtifactCollectionStore on SQLite", createLives);
describeArtifactRemovalStore("SqlArtifactRemovalStore on SQLite", createLives);
