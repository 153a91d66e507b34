/** Downloads a run's history as the Parquet files that the server has of it. */
import { IncompleteRunHistoryError, NotFoundError, UnsupportedError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { RunParquetHistoryDocument } from "../../generated/history-documents.ts";
import { HistoryReader } from "./history-reader.ts";
import type { RunAddress } from "./history-reader.ts";

/** Options of `run.downloadHistoryExports`. */
export interface DownloadHistoryOptions extends ReadOptions {
  /** Whether it is an error when part of the history is not in files yet. @default true */
  readonly requireCompleteHistory?: boolean;
}

/** What a download of exports brought. Mirrors `DownloadHistoryResult`. */
export interface DownloadHistoryResult {
  /** The files, in the order of their steps. */
  readonly paths: readonly string[];
  /** Whether part of the history is not in files yet. */
  readonly containsLiveData: boolean;
  /** Why files could not be downloaded, by path; null when all could. */
  readonly errors: ReadonlyMap<string, string> | null;
}

/**
 * Downloads a run's history exports into a folder.
 *
 * @throws {IncompleteRunHistoryError} when completeness is required and part of the history is not in files yet.
 * @throws {UnsupportedError} where there is no disk.
 */
export async function downloadHistoryExports(
  service: Service,
  run: RunAddress,
  downloadDir: string,
  options: DownloadHistoryOptions,
): Promise<DownloadHistoryResult> {
  const { disk } = service.platform;
  if (disk === null) throw new UnsupportedError("This runtime has no disk to download history exports to");
  const { signal } = options;
  const variables = { entity: run.entity, project: run.project, runName: run.id, liveKeys: ["_step"] };
  const answer = await service.graphql.execute(RunParquetHistoryDocument, variables, { signal });
  const found = answer.project?.run;
  if (found == null) throw new NotFoundError(`Run ${run.entity}/${run.project}/${run.id} not found`);
  const { parquetUrls, liveData } = found.parquetHistory;
  // A server that exports nothing gives two empty lists: then any history at all is not in files.
  const isUnexported =
    parquetUrls.length === 0 && (await new HistoryReader(service, run).lastStep(signal)) >= 0;
  const containsLiveData = liveData.length > 0 || isUnexported;
  if (containsLiveData && options.requireCompleteHistory !== false) {
    throw new IncompleteRunHistoryError(
      `Part of the history of ${run.id} is not exported yet: set requireCompleteHistory to false to download the rest`,
    );
  }
  const paths: string[] = [];
  const errors = new Map<string, string>();
  for (const [index, url] of parquetUrls.entries()) {
    const name = `${run.entity}_${run.project}_${run.id}_${index}.runhistory.parquet`;
    const path = await disk.resolve(downloadDir, name);
    const request = {
      method: "GET",
      url: new URL(url, `${service.settings.baseUrl}/`).href,
      what: `Download of ${name}`,
      isIdempotent: true,
      limit: "silence",
      signal,
    } as const;
    try {
      await service.http.send(request, (received) => disk.write(path, received.chunks()));
      paths.push(path);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      errors.set(path, error instanceof Error ? error.message : String(error));
    }
  }
  return { paths, containsLiveData, errors: errors.size === 0 ? null : errors };
}
