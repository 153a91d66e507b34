import { expect, it } from "vitest";
import { adminUserPath, fileStreamPath, runFilePath, runPagePath, sweepPagePath } from "./routes.ts";

const run = { entity: "my team", project: "p%", run: "r1" };

it("escapes every part and keeps the slashes of file names", () => {
  expect(fileStreamPath(run)).toBe("/files/my%20team/p%25/r1/file_stream");
  expect(runFilePath(run, "media/a b#.png")).toBe("/files/my%20team/p%25/r1/media/a%20b%23.png");
  expect(runPagePath(run)).toBe("/my%20team/p%25/runs/r1");
  expect(sweepPagePath({ entity: "e", project: "p", sweep: "s" })).toBe("/e/p/sweeps/s");
  expect(adminUserPath("a/b")).toBe("/api/admin/users/a%2Fb");
});
