import { describeRegistrySearchStore } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlArtifactStore } from "./sql-artifact-store.ts";
import { SqlChangeFeed } from "./sql-change-feed.ts";
import { SqlEntityStore } from "./sql-entity-store.ts";
import { SqlInviteStore } from "./sql-invite-store.ts";
import { SqlPortfolioStore } from "./sql-portfolio-store.ts";
import { SqlProjectMemberStore } from "./sql-project-member-store.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlRegistrySearchStore } from "./sql-registry-search-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";

describeRegistrySearchStore("SqlRegistrySearchStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  return {
    search: new SqlRegistrySearchStore(database),
    portfolios: new SqlPortfolioStore(database),
    artifacts: new SqlArtifactStore(database),
    feed: new SqlChangeFeed(database),
    users: new SqlUserStore(database),
    entities: new SqlEntityStore(database),
    invites: new SqlInviteStore(database),
    projects: new SqlProjectStore(database),
    members: new SqlProjectMemberStore(database),
    close: () => database.close(),
  };
});
