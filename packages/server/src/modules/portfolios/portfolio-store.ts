import type { ArtifactCollection, ArtifactMembership } from "../artifacts/artifact-collection.ts";

/** Portfolios and the versions that are linked to them. */
export interface PortfolioStore {
  /**
   * Links a committed version to a portfolio, which is created on demand with the version's type. A newly linked
   * version takes the portfolio's next number and `latest`; one that is linked already keeps its number; either way
   * the aliases move to it. One transaction with the event `artifact.linked`.
   *
   * Throws `not_found` for the version, `conflict` when it is not committed, when the name is a sequence's or when the
   * portfolio is of another type, and `invalid_argument` when the project does not accept the version's type.
   */
  link(request: NewLink): Promise<ArtifactMembership>;
  /**
   * Takes a version out of a portfolio with the aliases that it has there; `latest` goes to the newest that is left.
   * With the event `artifact.unlinked`. False when it was not linked.
   */
  unlink(request: LinkKey & { readonly now: string; readonly userId?: number }): Promise<boolean>;
  /** The members of all collections that a version is, its sequence first, then in the order of linking. */
  listMemberships(request: { readonly artifactId: number }): Promise<readonly ArtifactMembership[]>;
  /** The projects of the portfolios that hold a version. */
  listLinkProjects(request: { readonly artifactId: number }): Promise<readonly number[]>;
  /** Changes what is given of a portfolio. Throws `not_found`, and `already_exists` for a name in use. */
  updatePortfolio(change: PortfolioChange): Promise<ArtifactCollection>;
  /** Deletes a portfolio with its links, aliases and tags, and leaves the versions. False when it was not there. */
  deletePortfolio(request: { readonly collectionId: number }): Promise<boolean>;
}

/** A version to link. */
export interface NewLink {
  readonly artifactId: number;
  /** The project of the portfolio. */
  readonly projectId: number;
  readonly portfolioName: string;
  readonly aliases: readonly string[];
  /** Whether a type that the project does not have yet is added to it. */
  readonly acceptsNewTypes: boolean;
  readonly now: string;
  /** Who links it, for the event. @default nobody is known */
  readonly userId?: number;
}

/** A version in a portfolio. */
export interface LinkKey {
  readonly artifactId: number;
  readonly collectionId: number;
}

/** What to change of a portfolio. */
export interface PortfolioChange {
  readonly collectionId: number;
  readonly name?: string;
  readonly description?: string;
  readonly now: string;
}
