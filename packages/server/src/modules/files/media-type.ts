/** Media types by file name, and which of them a browser may show without risk to the pages of this server. */

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bmp: "image/bmp",
  css: "text/css",
  csv: "text/csv",
  diff: "text/plain",
  gif: "image/gif",
  glb: "model/gltf-binary",
  gltf: "model/gltf+json",
  gz: "application/gzip",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  jsonl: "application/jsonl",
  log: "text/plain",
  md: "text/markdown",
  mjs: "text/javascript",
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  npy: "application/octet-stream",
  obj: "model/obj",
  ogg: "audio/ogg",
  parquet: "application/vnd.apache.parquet",
  patch: "text/plain",
  pdf: "application/pdf",
  png: "image/png",
  py: "text/x-python",
  svg: "image/svg+xml",
  tar: "application/x-tar",
  toml: "application/toml",
  txt: "text/plain",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
  xml: "application/xml",
  yaml: "application/yaml",
  yml: "application/yaml",
  zip: "application/zip",
};

/** Types that hold no scripts, or none that a browser runs. */
const SHOWN_TYPES: readonly string[] = [
  "application/json",
  "application/jsonl",
  "application/yaml",
  "image/avif",
  "image/bmp",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
  "text/csv",
  "text/markdown",
  "text/plain",
  "text/x-python",
];

/** The media type that a file's name suggests; null when it suggests none. */
export function mediaTypeOf(fileName: string): string | null {
  const base = fileName.split("/").at(-1) ?? "";
  const dot = base.lastIndexOf(".");
  const extension = base.slice(dot + 1).toLowerCase();
  return dot >= 0 && Object.hasOwn(MEDIA_TYPES, extension) ? (MEDIA_TYPES[extension] ?? null) : null;
}

/** Whether a browser that opens the file's address may show it; all else is offered for saving. */
export function isShown(mediaType: string | null): boolean {
  if (mediaType === null) return false;
  return SHOWN_TYPES.includes(mediaType) || mediaType.startsWith("audio/") || mediaType.startsWith("video/");
}
