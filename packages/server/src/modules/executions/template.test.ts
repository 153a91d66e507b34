import { expect, it } from "vitest";
import { slackText } from "./slack-text.ts";
import { fillJson, fillText } from "./template.ts";

const variables = { event_type: "RUN_STATE", run_name: 'a "run"\n${event_type}' };

it("puts variables into texts, once, and leaves what is none", () => {
  expect(
    fillText("${event_type}: ${run_name} ${alias}${artifact_metadata.x} ${HOME} $5 ${}", variables),
  ).toBe('RUN_STATE: a "run"\n${event_type}  ${HOME} $5 ${}');
});

it("keeps JSON what it is, whatever the variables hold", () => {
  const filled = fillJson(
    '{"a":["${run_name}",1,null,{"b":"x${event_type}"}],"n":9007199254740993}',
    variables,
  );
  expect(filled).toContain("9007199254740993");
  expect(JSON.parse(filled)).toMatchObject({ a: ['a "run"\n${event_type}', 1, null, { b: "xRUN_STATE" }] });
});

it("lets nobody mention others or hide links in Slack", () => {
  const text = slackText({
    title: "<!channel>",
    text: "<https://evil|click> & more",
    severity: "ERROR",
    variables: { entity_name: "e", project_name: "<p>" },
  });
  expect(text).toBe("ERROR: *&lt;!channel&gt;*\n&lt;https://evil|click&gt; &amp; more\nProject: e/&lt;p&gt;");
});
