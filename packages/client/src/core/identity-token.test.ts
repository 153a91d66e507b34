import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { graphqlScript, startScriptedServer } from "../../test/scripted-server.ts";
import { instantClock } from "../../test/test-api.ts";
import { Api } from "../api.ts";
import { createNodePlatform } from "../node/platform.ts";

it("exchanges an identity token once, sends the access token, and renews it before it ends", async () => {
  const folder = await mkdtemp(join(tmpdir(), "identity-"));
  await writeFile(join(folder, "jwt"), "head.body.sign\n");
  let issued = 0;
  await using server = await startScriptedServer((request) => {
    if (request.path !== "/oidc/token") return graphqlScript({ GetDefaultEntity: { viewer: null } })(request);
    issued += 1;
    return { body: { access_token: `token-${issued}`, expires_in: 600 } };
  });
  const clock = instantClock();
  const api = new Api({
    overrides: { baseUrl: server.url },
    clock,
    platform: createNodePlatform({
      environment: { WANDB_IDENTITY_TOKEN_FILE: "jwt" },
      home: folder,
      workingDirectory: folder,
    }),
  });
  await Promise.all([api.defaultEntity(), api.defaultEntity()]);
  await clock.sleep(400_000);
  await api.defaultEntity();
  const form = new URLSearchParams(server.requests[0]?.body.toString());
  expect(form.get("assertion")).toBe("head.body.sign");
  const used = server.requests
    .filter(({ path }) => path === "/graphql")
    .map(({ headers }) => headers["authorization"]);
  expect(used).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
  expect(await api.apiKey()).toBeNull();
  await rm(folder, { recursive: true });
});
