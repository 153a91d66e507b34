import { expect, it } from "vitest";
import { parseObjectPath } from "./object-path.ts";

it.each([
  ["p", { kind: "project", project: "p" }],
  ["/e/p/", { kind: "project", entity: "e", project: "p" }],
  ["e/p/id", { kind: "run", parts: { entity: "e", project: "p", id: "id" } }],
  ["e/p/runs/id", { kind: "run", parts: { entity: "e", project: "p", id: "id" } }],
  ["e/p/run/id", { kind: "run", parts: {} }],
  ["e/p/sweeps/id", { kind: "sweep", parts: { entity: "e", project: "p", id: "id" } }],
  [
    "e/p/reports/My-Report--Vm1",
    { kind: "report", entity: "e", project: "p", displayName: "My Report", id: "Vm1" },
  ],
  [
    "e/p/reports/A%20%C3%A9%2D-%zz--1",
    { kind: "report", entity: "e", project: "p", displayName: "A é- %zz", id: "1" },
  ],
  ["e/p/reports/Vm1", { kind: "report", entity: "e", project: "p", displayName: "", id: "Vm1" }],
])("reads %s", (path, object) => {
  expect(parseObjectPath(path)).toStrictEqual(object);
});

it.each(["", "/", "e/p/charts/x", "a/b/c/d/e"])("refuses %j", (path) => {
  expect(() => parseObjectPath(path)).toThrow("TYPE is runs, sweeps, or reports");
});

it.each(["e/p/reports/My-Report", "e/p/reports/a--b--c"])("refuses the report %j", (path) => {
  expect(() => parseObjectPath(path)).toThrow("Invalid report path");
});
