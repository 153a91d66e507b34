/**
 * What a version was made from and what was made from it: runs and versions, followed step by step from one version.
 * What the caller may not see is left out, and nothing is followed through it.
 */
import type { Caller } from "../access/caller.ts";
import type { Run } from "../runs/run.ts";
import type { RunService } from "../runs/run-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactLink } from "./artifact-lineage-store.ts";
import type { ArtifactStore } from "./artifact-store.ts";

/** What it is built from. */
export interface LineageGraphParts {
  readonly artifacts: ArtifactStore;
  readonly runs: RunService;
  readonly access: ArtifactAccess;
}

/** How to follow: to what came before, to what came after, or both ways. */
export const LINEAGE_DIRECTIONS = ["UPSTREAM", "DOWNSTREAM", "BOTH"] as const;

/** One of the ways. */
export type LineageDirection = (typeof LINEAGE_DIRECTIONS)[number];

/** Versions, runs, and which run did what with which version. */
export interface LineageGraph {
  readonly artifacts: readonly Artifact[];
  readonly runs: readonly Run[];
  readonly links: readonly ArtifactLink[];
  /** Whether more is known than is shown. */
  readonly isTruncated: boolean;
}

/** The largest graph that is shown. */
const MAX_NODES = 1_000;

/** Follows uses. */
export class LineageGraphs {
  readonly #parts: LineageGraphParts;

  constructor(parts: LineageGraphParts) {
    this.#parts = parts;
  }

  /**
   * The graph around a version, at most `depth` runs away from it and of at most 1,000 versions and runs.
   *
   * @throws {ServerError} `not_found` when the version is not to be seen.
   */
  async around(
    caller: Caller,
    start: Artifact,
    { direction, depth }: { readonly direction: LineageDirection; readonly depth: number },
  ): Promise<LineageGraph> {
    await this.#parts.access.requireProject(caller, start);
    const graph = new GraphInTheMaking(start);
    if (direction !== "DOWNSTREAM") await this.#follow(caller, graph, [start], "output", depth);
    if (direction !== "UPSTREAM") await this.#follow(caller, graph, [start], "input", depth);
    return graph.finish();
  }

  /** From versions to the runs that logged (`output`) or used (`input`) them, and on to the other side of these. */
  async #follow(
    caller: Caller,
    graph: GraphInTheMaking,
    from: readonly Artifact[],
    kind: ArtifactLink["kind"],
    depth: number,
  ): Promise<void> {
    const { artifacts, runs, access } = this.#parts;
    const otherKind = kind === "input" ? "output" : "input";
    let front = from;
    for (let step = 0; step < depth && front.length > 0 && !graph.isFull; step += 1) {
      const links = await artifacts.listLinks({ kind, artifactIds: front.map(({ id }) => id) });
      const reached: Run[] = [];
      for (const link of links) {
        const run = graph.findRun(link) ?? (await runs.findByKey(caller, link));
        if (run === undefined || !graph.addRun(run)) continue;
        graph.addLink(link);
        reached.push(run);
      }
      const onward = await artifacts.listLinks({ kind: otherKind, runs: reached });
      const found = await artifacts.findMany({
        artifactIds: [...new Set(onward.map((link) => link.artifactId))],
      });
      const visible = new Map<number, Artifact>();
      for (const artifact of found) {
        if (artifact.state === "COMMITTED" && (await access.canRead(caller, artifact))) {
          visible.set(artifact.id, artifact);
        }
      }
      const next: Artifact[] = [];
      for (const link of onward) {
        const artifact = visible.get(link.artifactId);
        if (artifact === undefined) continue;
        const isNew = !graph.hasArtifact(artifact);
        if (!graph.addArtifact(artifact)) continue;
        graph.addLink(link);
        if (isNew) next.push(artifact);
      }
      front = next;
    }
    if (
      front.length > 0 &&
      (await artifacts.listLinks({ kind, artifactIds: front.map(({ id }) => id) })).length > 0
    ) {
      graph.isTruncated = true;
    }
  }
}

class GraphInTheMaking {
  isTruncated = false;
  readonly #artifacts: Map<number, Artifact>;
  readonly #runs: Map<string, Run> = new Map();
  readonly #links: Map<string, ArtifactLink> = new Map();

  constructor(start: Artifact) {
    this.#artifacts = new Map([[start.id, start]]);
  }

  get isFull(): boolean {
    return this.#artifacts.size + this.#runs.size >= MAX_NODES;
  }

  findRun(run: RunKey): Run | undefined {
    return this.#runs.get(keyOf(run));
  }

  hasArtifact({ id }: Artifact): boolean {
    return this.#artifacts.has(id);
  }

  /** False when there is no room for it. */
  addRun(run: Run): boolean {
    return this.#add(this.#runs, keyOf(run), run);
  }

  /** False when there is no room for it. */
  addArtifact(artifact: Artifact): boolean {
    return this.#add(this.#artifacts, artifact.id, artifact);
  }

  addLink(link: ArtifactLink): void {
    this.#links.set(`${link.kind}:${keyOf(link)}:${link.artifactId}`, link);
  }

  finish(): LineageGraph {
    return {
      artifacts: [...this.#artifacts.values()],
      runs: [...this.#runs.values()],
      links: [...this.#links.values()],
      isTruncated: this.isTruncated,
    };
  }

  #add<Key, Node>(nodes: Map<Key, Node>, key: Key, node: Node): boolean {
    if (nodes.has(key)) return true;
    if (this.isFull) {
      this.isTruncated = true;
      return false;
    }
    nodes.set(key, node);
    return true;
  }
}

interface RunKey {
  readonly projectId: number;
  readonly runId: number;
}

function keyOf({ projectId, runId }: RunKey): string {
  return `${projectId}:${runId}`;
}
