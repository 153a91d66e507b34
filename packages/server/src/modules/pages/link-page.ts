/** Pages of what clients print links to: what it is called, and how to read it, with nothing that is stored. */
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import type { Link } from "./link.ts";

/** A page's title and content. */
export interface Page {
  readonly title: string;
  readonly body: Html;
}

interface Example {
  readonly title: string;
  readonly python: string;
  readonly typescript: string;
}

/** The page of a link on the server that is reached at `baseUrl`. */
export function linkPage(link: Link, baseUrl: string): Page {
  const { title, python, typescript } = exampleOf(link);
  return {
    title,
    body: html` <p>
        This server keeps what was logged; programs read it. Set these first, with a key of your own from
        <a href="/authorize">the key page</a>:
      </p>
      <pre>export WANDB_BASE_URL=${baseUrl} WANDB_API_KEY=&lt;your key&gt;</pre>
      <h2>Python</h2>
      <pre>
import wandb

api = wandb.Api()
${python}</pre>
      <h2>TypeScript</h2>
      <pre>
import { Api } from "@steelyard/client";

const api = new Api();
${typescript}</pre>`,
  };
}

function exampleOf(link: Link): Example {
  switch (link.kind) {
    case "home":
      return {
        title: "Steelyard",
        python: "print(api.viewer.username, [team for team in api.viewer.teams])",
        typescript: "console.log((await api.viewer()).username);",
      };
    case "entity":
      return {
        title: link.entity,
        python: `for project in api.projects(${quote(link.entity)}):\n    print(project.name)`,
        typescript: `for await (const project of api.projects(${quote(link.entity)})) console.log(project.name);`,
      };
    case "project":
      return runsExample(`${link.entity}/${link.project}`);
    case "run":
      return runExample(`${link.entity}/${link.project}`, link.run);
    case "sweep":
      return sweepExample(`${link.entity}/${link.project}`, link.sweep);
    case "report":
      return reportExample(`${link.entity}/${link.project}`, link.title);
    case "artifact":
      return artifactExample(`${link.entity}/${link.project}`, link.name, link.version);
  }
}

function runsExample(path: string): Example {
  return {
    title: `Project ${path}`,
    python: `for run in api.runs(${quote(path)}, order="-created_at"):\n    print(run.name, run.state, run.summary)`,
    typescript:
      `for await (const run of api.runs(${quote(path)}, { order: "-created_at" })) {\n` +
      "  console.log(run.displayName, run.state, run.summary);\n}",
  };
}

function runExample(project: string, run: string): Example {
  const path = quote(`${project}/${run}`);
  return {
    title: `Run ${run} of ${project}`,
    python: `run = api.run(${path})\nprint(run.name, run.state, run.config)\nfor row in run.scan_history():\n    print(row)`,
    typescript:
      `const run = await api.run(${path});\nconsole.log(run.displayName, run.state, run.config);\n` +
      "for await (const row of run.scanHistory()) console.log(row);",
  };
}

function sweepExample(project: string, sweep: string): Example {
  return {
    title: `Sweep ${sweep} of ${project}`,
    python: `sweep = api.sweep(${quote(`${project}/${sweep}`)})\nprint(sweep.state, sweep.config, sweep.best_run())`,
    typescript:
      `for await (const run of api.runs(${quote(project)}, { filters: { sweep: ${quote(sweep)} } })) {\n` +
      "  console.log(run.displayName, run.config);\n}",
  };
}

function reportExample(project: string, title: string): Example {
  return {
    title: title === "" ? `Reports of ${project}` : `Report ${title} of ${project}`,
    python: `for report in api.reports(${quote(project)}):\n    print(report.display_name, report.url)`,
    typescript:
      `for await (const report of api.reports(${quote(project)})) {\n` +
      "  console.log(report.displayName, report.url);\n}",
  };
}

function artifactExample(project: string, name: string | undefined, version: string | undefined): Example {
  const runs = runsExample(project);
  if (name === undefined) return { ...runs, title: `Artifacts of ${project}` };
  const path = `${project}/${name}:${version ?? "latest"}`;
  return {
    title: `Artifact ${path}`,
    python: `artifact = api.artifact(${quote(path)})\nprint(artifact.download())`,
    typescript: runs.typescript,
  };
}

/** A string literal, the same in both languages. */
function quote(text: string): string {
  return JSON.stringify(text);
}
