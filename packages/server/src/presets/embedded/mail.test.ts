// A server that an operator gave a mail server: invitations arrive there, and the link in them works.
import { describe, expect, it } from "vitest";
import { startMailServer } from "../../adapters/smtp/test-mail-server.ts";
import { startTemporaryServer } from "./temporary.ts";

const mailFrom = "Steelyard <runs@example.org>";

describe("a server with a mail server", () => {
  it("mails invitations whose link opens, and none of the secrets in its own answers twice", async () => {
    await using mail = await startMailServer();
    const server = await startTemporaryServer({ smtpUrl: `smtp://127.0.0.1:${mail.port}`, mailFrom });
    try {
      const query = `mutation { createInvite(input: { email: "bob@example.org" }) { link isMailed mailProblem } }`;
      expect(await server.graphql(query, { key: server.adminKey })).toMatchObject({
        data: { createInvite: { isMailed: true, mailProblem: null } },
      });
      const [message] = mail.received;
      expect(message?.to).toEqual(["bob@example.org"]);
      // Long lines of a message are folded with a "=" at their end.
      const text = message?.text.replace(/=\r\n/g, "").replaceAll("=3D", "=") ?? "";
      const [, token = ""] = /\/authorize\/invite\/([0-9a-f]{64})/.exec(text) ?? [];
      expect((await server.request(`/authorize/invite/${token}`)).status).toBe(200);
      const listed = await server.graphql("{ invites { id email expiresAt } }", { key: server.adminKey });
      expect(JSON.stringify(listed)).toContain("bob@example.org");
      expect(JSON.stringify(listed)).not.toContain(token);
    } finally {
      await server.close();
    }
  });

  it("does not start with settings that cannot be used", async () => {
    const start = (smtpUrl: string, from?: string): Promise<unknown> =>
      startTemporaryServer({ smtpUrl, mailFrom: from });
    await expect(start("smtp://127.0.0.1")).rejects.toThrow(/sender/);
    await expect(start("mail.example.org", mailFrom)).rejects.toThrow(/smtp:\/\/user:password@host/);
  });
});
