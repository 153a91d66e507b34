/** Reads bucket and key out of the address of an object in S3. */

const PATH_STYLE = /^s3[.-][a-z0-9.-]*amazonaws\.com$|^s3\.amazonaws\.com$/;
const HOST_STYLE = /^(.+)\.s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com$/;

/** `s3://bucket/key` for an address in S3, in either of its two styles; null for any other. */
export function toS3Uri(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname, pathname } = new URL(url);
  const path = decodeURIComponent(pathname.slice(1));
  if (PATH_STYLE.test(hostname)) return `s3://${path}`;
  const bucket = HOST_STYLE.exec(hostname)?.[1];
  return bucket === undefined ? null : `s3://${bucket}/${path}`;
}
