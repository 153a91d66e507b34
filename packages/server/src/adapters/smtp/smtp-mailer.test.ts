// Mail handed to a real SMTP server on this machine.
import { describe, expect, it } from "vitest";
import { SmtpMailer } from "./smtp-mailer.ts";
import { parseSmtpSettings } from "./smtp-settings.ts";
import { startMailServer } from "./test-mail-server.ts";

const FROM = "Steelyard <runs@example.org>";

const MAIL = { to: "bob@example.org", subject: "Ünvited: a team", text: "Open https://x.example.org/y\n" };

describe("mail over SMTP", () => {
  it("arrives with sender, subject and text", async () => {
    await using server = await startMailServer();
    await new SmtpMailer(parseSmtpSettings(`smtp://127.0.0.1:${server.port}`, FROM)).send(MAIL);
    const [mail] = server.received;
    expect(mail).toMatchObject({ from: "runs@example.org", to: ["bob@example.org"] });
    expect(mail?.text).toContain("From: Steelyard <runs@example.org>");
    expect(mail?.text).toContain("https://x.example.org/y");
    expect(mail?.text).toMatch(/Subject: =\?UTF-8\?/);
  });

  it("signs in with user and password", async () => {
    await using server = await startMailServer({
      onAuth: ({ username, password }, _session, done) => {
        if (username === "us/er" && password === "p@ss") done(null, { user: username });
        else done(new Error("no"));
      },
    });
    const address = (password: string): string =>
      `smtp://us%2Fer:${password}@127.0.0.1:${server.port}?tls=never`;
    await new SmtpMailer(parseSmtpSettings(address("p%40ss"), FROM)).send(MAIL);
    expect(server.received[0]?.user).toBe("us/er");
    const wrong = new SmtpMailer(parseSmtpSettings(address("wrong"), FROM)).send(MAIL);
    await expect(wrong).rejects.toMatchObject({ code: "unavailable" });
    await expect(wrong).rejects.not.toThrow("wrong");
  });

  it("never says a password to a server that does not encrypt, unless told to", async () => {
    let asked = false;
    await using server = await startMailServer({
      onAuth: (_auth, _session, done) => {
        asked = true;
        done(null, { user: "x" });
      },
    });
    const mailer = new SmtpMailer(parseSmtpSettings(`smtp://u:p@127.0.0.1:${server.port}`, FROM));
    await expect(mailer.send(MAIL)).rejects.toMatchObject({ code: "unavailable" });
    expect(asked).toBe(false);
  });

  it("keeps an address that would be several, or a header, to one person", async () => {
    await using server = await startMailServer();
    const mailer = new SmtpMailer(parseSmtpSettings(`smtp://127.0.0.1:${server.port}`, FROM));
    const outcome = await mailer
      .send({ ...MAIL, to: "a@example.org,b@example.org", subject: "x\r\nBcc: c@example.org" })
      .then(() => "sent")
      .catch((error: unknown) => error);
    const people = server.received.flatMap(({ to }) => to);
    expect(people.length).toBeLessThanOrEqual(1);
    expect(people).not.toContain("c@example.org");
    expect(outcome).toBeDefined();
  });

  it("is told why a message was refused, and that nobody answers", async () => {
    await using server = await startMailServer({
      onRcptTo: (_address, _session, done) => done(new Error("no such mailbox")),
    });
    const refused = new SmtpMailer(parseSmtpSettings(`smtp://127.0.0.1:${server.port}`, FROM)).send(MAIL);
    await expect(refused).rejects.toThrow(/no such mailbox/);
    const nobody = new SmtpMailer(parseSmtpSettings("smtp://127.0.0.1:1", FROM)).send(MAIL);
    await expect(nobody).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("the address of a mail server", () => {
  it("says where, as whom, and how it is encrypted", () => {
    const read = (address: string): object => parseSmtpSettings(address, FROM);
    expect(read("smtp://mail.example.org")).toMatchObject({ port: 587, tls: "opportunistic" });
    expect(read("smtp://u:p@mail.example.org")).toMatchObject({ tls: "required" });
    expect(read("smtps://u:p@mail.example.org")).toMatchObject({ port: 465, tls: "implicit" });
    expect(read("smtp://[::1]:25?tls=never")).toMatchObject({ host: "::1", port: 25, tls: "never" });
  });

  it("is refused with a sentence that does not repeat it", () => {
    for (const address of [
      "mail.example.org",
      "http://u:secret@x",
      "smtp://u:secret%@x",
      "smtp://u:secret@x?tls=1",
    ]) {
      expect(() => parseSmtpSettings(address, FROM)).toThrow(/mail server|tls/);
      expect(() => parseSmtpSettings(address, FROM)).not.toThrow(/secret/);
    }
    expect(() => parseSmtpSettings("smtp://x", "a\nb@c.d")).toThrow(/sender/);
  });
});
