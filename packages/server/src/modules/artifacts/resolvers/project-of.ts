/** The project of a collection; a list of versions names the same few again and again. */
import type { RequestContext } from "../../../transport/context.ts";
import type { Project } from "../../projects/project.ts";
import { RequestMemo } from "../request-memo.ts";

const projects: RequestMemo<Project | undefined> = new RequestMemo();

/** The project of something, looked up once a request; null when the caller may not see it. */
export async function findProjectOf(
  thing: { readonly projectId: number },
  context: RequestContext,
): Promise<Project | null> {
  const { caller, services } = context;
  const load = (): Promise<Project | undefined> => services.artifacts.findProject(caller, thing);
  return (await projects.get(context, String(thing.projectId), load)) ?? null;
}
