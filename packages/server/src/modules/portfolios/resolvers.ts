/** Portfolios as the schema shows them, and what links versions to them. */
import { ServerError } from "../../errors.ts";
import type { LinkArtifactInput, Resolvers } from "../../generated/schema-types.ts";
import { findNumber, requireArtifactNumber } from "../artifacts/resolvers/ids.ts";
import type { LinkRequest } from "./portfolio-service.ts";

/** Resolvers of portfolios. */
export const portfolioResolvers: Resolvers = {
  Mutation: {
    linkArtifact: async (_parent, { input }, { caller, services }) => {
      const membership = await services.portfolios.link(caller, toLinkRequest(input));
      return { versionIndex: membership.versionIndex, artifactMembership: membership };
    },
    unlinkArtifact: async (_parent, { input }, { caller, services }) => {
      const artifactId = requireArtifactNumber(input.artifactID);
      const collectionId = requirePortfolioNumber(input.artifactPortfolioID);
      await services.portfolios.unlink(caller, { artifactId, collectionId });
      return {
        success: true,
        artifactID: input.artifactID,
        clientMutationId: input.clientMutationId ?? null,
      };
    },
    updateArtifactPortfolio: async (_parent, { input }, { caller, services }) => ({
      artifactCollection: await services.portfolios.update(caller, {
        collectionId: requirePortfolioNumber(input.artifactPortfolioID),
        name: input.name ?? null,
        description: input.description ?? null,
      }),
    }),
    deleteArtifactPortfolio: async (_parent, { input }, { caller, services }) => {
      const collectionId = requirePortfolioNumber(input.artifactPortfolioID);
      const portfolio = await services.portfolios.delete(caller, collectionId);
      return { artifactCollection: { ...portfolio, state: "DELETED" } };
    },
  },
  Artifact: {
    artifactMemberships: async (artifact, _args, { caller, services }) => {
      const members = await services.portfolios.listMemberships(caller, artifact);
      const edges = members.map((node) => ({ cursor: String(node.id), node }));
      const pageInfo = { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: false };
      return { edges, pageInfo, totalCount: edges.length };
    },
  },
};

function toLinkRequest(input: LinkArtifactInput): LinkRequest {
  const { artifactID, clientID, artifactPortfolioID, artifactPortfolioName: name } = input;
  const aliases = (input.aliases ?? []).map(({ alias, artifactCollectionName: collectionName }) => ({
    alias,
    collectionName,
  }));
  return { artifact: toArtifact(artifactID, clientID), portfolio: toPortfolio(), aliases };

  function toPortfolio(): LinkRequest["portfolio"] {
    if (typeof artifactPortfolioID === "string") {
      return { collectionId: requirePortfolioNumber(artifactPortfolioID) };
    }
    if (typeof name === "string") {
      return { entityName: input.entityName ?? null, projectName: input.projectName ?? null, name };
    }
    throw new ServerError("invalid_argument", "State artifactPortfolioName or artifactPortfolioID", {
      field: "artifactPortfolioName",
    });
  }
}

function toArtifact(
  artifactId: string | null | undefined,
  clientId: string | null | undefined,
): LinkRequest["artifact"] {
  if (typeof artifactId === "string") return { artifactId: requireArtifactNumber(artifactId) };
  if (typeof clientId === "string") return { clientId };
  throw new ServerError("invalid_argument", "State artifactID or clientID", { field: "artifactID" });
}

function requirePortfolioNumber(id: string): number {
  const number = findNumber(id, "ArtifactPortfolio");
  if (number !== undefined) return number;
  throw new ServerError("not_found", `"${id}" is not the id of a portfolio`, {
    field: "artifactPortfolioID",
  });
}
