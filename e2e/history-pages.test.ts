// Whole pages of history, in the ways that the versions of the client ask for them: no row twice, none missing.
import { Api } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";
import { clientVersions } from "./python/venv.ts";

const steps = Array.from({ length: 40 }, (_, step) => step);
const odd = steps.filter((step) => step % 2 === 1);
const pageSizes = [1, 7, 10, 40, 1000];

it("gives every row once, whatever the page size, the keys and the client's version", async () => {
  await using server = await startTestServer({ user: "pager" });
  const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  await api.createRun({ runId: "paged", project: "pages", entity: "pager" });
  const content = steps.map((step) => JSON.stringify({ _step: step, ...(step % 2 === 1 && { loss: step }) }));
  const response = await fetch(`${server.url}/files/pager/pages/paged/file_stream`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`api:${server.apiKey}`)}`, "content-type": "application/json" },
    body: JSON.stringify({ files: { "wandb-history.jsonl": { offset: 0, content } } }),
  });
  expect(response.status).toBe(200);

  const expected = Object.fromEntries(
    pageSizes.flatMap((size) => [
      [`all ${size}`, steps],
      [`keyed ${size}`, odd],
    ]),
  );
  for (const version of clientVersions) {
    await using client = await PythonClient.create(server, { version });
    const args = { path: "pager/pages/paged", page_sizes: pageSizes };
    const { value } = await client.run("scan_pages.py", { args });
    expect(value, version).toEqual(expected);
  }
});
