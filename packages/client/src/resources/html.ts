/** The HTML with which notebooks show a page of the server. */

/** Options of `toHtml`. */
export interface HtmlOptions {
  /** Height of the frame in pixels. @default 420 */
  readonly height?: number;
  /** Whether the frame is folded behind a line to open it. @default false */
  readonly hidden?: boolean;
}

/** An iframe of a page, in the form that notebooks show. Everything is escaped. */
export function renderFrame(url: string, { height = 420, hidden = false }: HtmlOptions): string {
  const source = escapeHtml(`${url}?jupyter=true`);
  const frame = `<iframe src="${source}" style="border:none;width:100%;height:${Math.round(height)}px"></iframe>`;
  return hidden ? `<details><summary>${escapeHtml(url)}</summary>${frame}</details>` : frame;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
