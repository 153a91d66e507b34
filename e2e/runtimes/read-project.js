/** What every runtime is asked to read: plain JavaScript, because Node 20 and browsers run it as it stands. */

/**
 * Reads a project in full and answers with JSON text, big integers and all.
 *
 * @param {{ Api: typeof import("@steelyard/client").Api, printJson: typeof import("@steelyard/protocol").printJson }} library
 * @param {{ baseUrl: string, apiKey: string, path: string }} target
 */
export async function readProject({ Api, printJson }, { baseUrl, apiKey, path }) {
  const api = new Api({ apiKey, overrides: { baseUrl } });
  const runs = [];
  for await (const run of api.runs(path, { order: "+created_at" })) {
    const history = [];
    for await (const row of run.scanHistory()) history.push(row);
    const files = [];
    for await (const file of run.files()) files.push([file.name, await file.text()]);
    const summary = Object.fromEntries(run.summary.entries());
    runs.push({ name: run.id, state: run.state, config: run.config, summary, history, files });
  }
  const viewer = await api.viewer();
  return printJson({ viewer: viewer.username, runs });
}
