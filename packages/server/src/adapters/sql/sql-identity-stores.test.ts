import {
  describeEntityStore,
  describeInviteStore,
  describeProjectMemberStore,
  describeProjectStore,
  describeUserStore,
} from "@steelyard/testing/contracts";
import type { IdentityUnderTest } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlEntityStore } from "./sql-entity-store.ts";
import { SqlInviteStore } from "./sql-invite-store.ts";
import { SqlProjectMemberStore } from "./sql-project-member-store.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";

async function create(): Promise<IdentityUnderTest> {
  const database = await openTemporaryMetadata();
  return {
    users: new SqlUserStore(database),
    entities: new SqlEntityStore(database),
    invites: new SqlInviteStore(database),
    projects: new SqlProjectStore(database),
    members: new SqlProjectMemberStore(database),
    close: () => database.close(),
  };
}

describeUserStore("SqlUserStore on SQLite", create);
describeEntityStore("SqlEntityStore on SQLite", create);
describeInviteStore("SqlInviteStore on SQLite", create);
describeProjectStore("SqlProjectStore on SQLite", create);
describeProjectMemberStore("SqlProjectMemberStore on SQLite", create);
