/** The arrows of the house: who may import whom. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: "^(packages|e2e)/", pathNot: [from, ...allowed] },
});
module.exports = {
  forbidden: [
    only("protocol-imports-nothing", "^packages/protocol/", [], "The contract stands alone."),
    only(
      "client-imports-protocol",
      "^packages/client/",
      ["^packages/protocol/"],
      "The client knows the contract only.",
    ),
    only(
      "server-imports-protocol",
      "^packages/server/",
      ["^packages/protocol/", "^packages/testing/"],
      "The server knows the contract only; its tests use testing.",
    ),
    only(
      "cli-imports-client-and-server",
      "^packages/cli/",
      ["^packages/client/", "^packages/server/", "^packages/protocol/"],
      "The CLI sits on top.",
    ),
    {
      name: "server-sources-do-not-import-testing",
      severity: "error",
      from: { path: "^packages/server/src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/testing/" },
    },
    {
      name: "client-is-portable",
      comment: "Only src/node may touch Node's modules.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: ["^packages/client/src/node/", "\\.test\\.ts$"] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "protocol-is-portable",
      severity: "error",
      from: { path: "^packages/protocol/src/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "only-presets-choose-adapters",
      severity: "error",
      from: {
        path: "^packages/server/src/",
        pathNot: ["^packages/server/src/presets/", "^packages/server/src/adapters/", "\\.test\\.ts$"],
      },
      to: { path: "^packages/server/src/adapters/" },
    },
    {
      name: "modules-know-no-transport",
      comment:
        "Services, ports and entities know no transport; resolvers and routes may use its context types.",
      severity: "error",
      from: {
        path: "^packages/server/src/modules/",
        pathNot: ["(resolvers|routes|pages)(\\.ts|/)", "\\.test\\.ts$"],
      },
      to: { path: "^packages/server/src/(transport|presets|adapters)/" },
    },
    {
      name: "domain-knows-no-technology",
      severity: "error",
      from: {
        path: "^packages/server/src/(modules|ports)/",
        pathNot: ["(resolvers|routes|pages)(\\.ts|/)", "\\.test\\.ts$"],
      },
      to: { path: "node_modules/(fastify|graphql|kysely|better-sqlite3|@graphql-tools)" },
    },
    {
      name: "adapters-know-no-transport",
      severity: "error",
      from: { path: "^packages/server/src/adapters/" },
      to: { path: "^packages/server/src/(transport|presets)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "not-to-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(packages/[^/]+/dist|e2e/\\.cache|\\.pack)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".cjs", ".json"],
      conditionNames: ["import", "node", "default", "types"],
      exportsFields: ["exports"],
    },
  },
};
