/** The rule for the names of a run's files, which hold slashes: relative, and inside the run's folder for sure. */
import { ProtocolError } from "../errors.ts";

/** The longest path of a file in a run or artifact, in characters. */
export const MAX_FILE_PATH_LENGTH = 1_024;

// Control characters are refused on purpose: they break headers, logs and terminals.
const UNSAFE_IN_FILE_PATH = /[\\\p{Cc}]/u;

/**
 * Checks the path of a file relative to its run or artifact and returns it. Spaces, `%`, `#` and any script are
 * allowed.
 *
 * @throws {ProtocolError} `invalid_argument` for an absolute path, an empty, `.` or `..` segment, a backslash, a
 *   control character, or more than {@link MAX_FILE_PATH_LENGTH} characters.
 */
export function validateFilePath(path: string): string {
  if (path === "") throw invalid(path, "it is empty");
  if (path.length > MAX_FILE_PATH_LENGTH) {
    throw invalid(path, `at most ${MAX_FILE_PATH_LENGTH} characters are allowed`);
  }
  if (UNSAFE_IN_FILE_PATH.test(path) || !path.isWellFormed()) {
    throw invalid(path, "it cannot hold backslashes or control characters");
  }
  for (const segment of path.split("/")) {
    if (segment === "" || segment === "." || segment === "..") {
      throw invalid(path, "it must be relative, without empty, '.' or '..' segments");
    }
  }
  return path;
}

function invalid(path: string, reason: string): ProtocolError {
  const shown = JSON.stringify(path.slice(0, MAX_FILE_PATH_LENGTH));
  return new ProtocolError("invalid_argument", `Invalid file path ${shown}: ${reason}`, { field: "path" });
}
