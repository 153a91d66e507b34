/** Puts one file's content where the server said, as a whole. */
import { readHeaderLines } from "../../../core/header-lines.ts";
import { ValueError } from "../../../core/errors.ts";
import type { Service } from "../../../core/service.ts";
import { READ_WHOLE_BYTES } from "../draft/content-source.ts";
import type { ContentSource } from "../draft/content-source.ts";

/** Where content goes. */
export interface UploadTarget {
  readonly path: string;
  readonly url: string;
  readonly headerLines: readonly string[];
  readonly range?: { readonly start: number; readonly end: number };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts content, or a range of it, and returns the answer's ETag.
 *
 * @throws {ValueError} when a local file was changed since it was added.
 */
export async function putContent(
  service: Service,
  content: ContentSource,
  { path, url, headerLines, range, signal }: UploadTarget,
): Promise<string | null> {
  await checkUnchanged(service, content);
  const sizeBytes = range === undefined ? content.sizeBytes : range.end - range.start;
  const isStreamed = content.localPath !== null && sizeBytes > READ_WHOLE_BYTES;
  // What is in memory is sent from there, whatever its size.
  const isSmall = sizeBytes <= READ_WHOLE_BYTES;
  const whole = isSmall ? await content.bytes(range) : null;
  const length: Record<string, string> = isStreamed ? { "content-length": String(sizeBytes) } : {};
  return service.http.send(
    {
      method: "PUT",
      url: new URL(url, `${service.settings.baseUrl}/`).href,
      what: `Upload of ${JSON.stringify(path)}`,
      headers: { ...length, ...readHeaderLines(headerLines) },
      body: () => whole ?? content.open(range),
      isIdempotent: true,
      bodyBytes: sizeBytes,
      signal,
    },
    async (answer) => {
      await answer.bytes();
      return answer.headers.get("etag");
    },
  );
}

/** The digest was computed when the file was added: other content under it would poison the artifact. */
async function checkUnchanged({ platform }: Service, content: ContentSource): Promise<void> {
  if (content.localPath === null || platform.disk === null) return;
  const found = await platform.disk.entry(content.localPath);
  if (found?.sizeBytes === content.sizeBytes && found.modifiedMs === content.modifiedMs) return;
  throw new ValueError(`${content.localPath} was changed or deleted after it was added to the artifact`);
}
