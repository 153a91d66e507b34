/** The folder that holds everything the server knows, and the keys in it: for signed addresses, for stored secrets. */
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ServerError } from "../../errors.ts";
import type { IdSource } from "../../ports/id-source.ts";

const SECRET_BYTES = 32;

/** Makes the folder when it is missing. Throws `unavailable` with a sentence for the operator when it cannot. */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** One of the folder's keys, made on first use, for its owner's eyes only. Throws `unavailable` when it cannot be read or written, or is damaged. */
export async function loadSecret(
  folder: string,
  ids: IdSource,
  fileName: "secret.key" | "secrets.key" = "secret.key",
): Promise<Buffer> {
  const path = join(folder, fileName);
  const known = await readIfThere(path);
  if (known !== undefined) {
    if (known.length === SECRET_BYTES) return known;
    throw new ServerError(
      "unavailable",
      `${path} is damaged: expected ${SECRET_BYTES} bytes, found ${known.length}`,
    );
  }
  const secret = Buffer.from(ids.hex(SECRET_BYTES), "hex");
  try {
    // Under another name first: half a secret must never stand where a whole one is expected.
    await writeFile(`${path}.new`, secret, { mode: 0o600, flush: true });
    await chmod(`${path}.new`, 0o600);
    await rename(`${path}.new`, path);
  } catch (error) {
    throw unwritable(folder, error);
  }
  return secret;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new ServerError("unavailable", `${path} cannot be read: ${describe(error)}`, { cause: error });
  }
}

function unwritable(folder: string, error: unknown): ServerError {
  const message = `The data folder ${folder} cannot be written (${describe(error)}); choose another one or change its owner`;
  return new ServerError("unavailable", message, { cause: error });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
