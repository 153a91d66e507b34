import { describePortfolioStore } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlArtifactStore } from "./sql-artifact-store.ts";
import { SqlChangeFeed } from "./sql-change-feed.ts";
import { SqlPortfolioStore } from "./sql-portfolio-store.ts";

describePortfolioStore("SqlPortfolioStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  return {
    portfolios: new SqlPortfolioStore(database),
    artifacts: new SqlArtifactStore(database),
    feed: new SqlChangeFeed(database),
    close: () => database.close(),
  };
});
